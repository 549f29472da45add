import { isDeepStrictEqual } from 'node:util'
import type { EndpointModel, PolicyModel, ServiceModel, SystemModel } from '@watertight/manifest'
import type { Telemetry } from '@watertight/telemetry'
import type { CallSettings } from '@watertight/traffic'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import { trustDomainOf, workloadIdentity } from '../certificates/workload-identity.js'
import type { Credentials } from '../tls/credentials.js'
import type { UpstreamTls } from '../tls/upstream-tls.js'
import { Destination } from './destination.js'

/** Requests that may wait for a connection, where the document does not say. */
const PENDING_MAX = 1_024

/** A service that nothing in the document says how to reach. */
export class UnreachableServiceError extends Error {
  readonly code = 'WT_UNREACHABLE_SERVICE'
}

/** The destinations of a proxy. Routes that call a service by the same settings share one, with all that it has learnt. */
export class DestinationPool {
  private readonly telemetry: Telemetry | undefined
  private readonly workload: Credentials | undefined
  private readonly codec: { readonly names: HeaderNames; readonly limits: Http1Limits }
  private readonly all: { readonly destination: Destination; readonly policy: PolicyModel | undefined }[] = []

  constructor(
    codec: { readonly names: HeaderNames; readonly limits: Http1Limits },
    telemetry: Telemetry | undefined,
    workload: Credentials | undefined,
  ) {
    this.codec = codec
    this.telemetry = telemetry
    this.workload = workload
  }

  get destinations(): readonly Destination[] {
    return this.all.map(({ destination }) => destination)
  }

  /**
   * A service, or one version of it, called by these settings.
   *
   * @throws {UnreachableServiceError} when the document does not say where it answers
   */
  get(
    model: SystemModel,
    service: string,
    version: string | undefined,
    settings: CallSettings,
    policy: PolicyModel,
  ): Destination {
    const name = version === undefined ? service : `${service}@${version}`
    const known = this.all.find((one) => one.policy === policy && isAlike(one.destination, name, settings))
    if (known !== undefined) return known.destination
    const origins = originsOf(model, service, version)
    const connections = model.services.get(service)?.connections
    const destination = this.create({
      name,
      origins,
      settings,
      connections,
      tls: this.tlsTo(model, service),
      speaksHttp2: model.services.get(service)?.protocol === 'h2',
    })
    this.all.push({ destination, policy })
    return destination
  }

  /** The process beside this one, which is called by nothing but its port. */
  local(service: string, port: number, speaksHttp2: boolean): Destination {
    const destination = this.create({
      name: service,
      origins: [`http://127.0.0.1:${port}`],
      settings: { timeout: false, retry: false },
      connections: undefined,
      tls: undefined,
      speaksHttp2,
    })
    this.all.push({ destination, policy: undefined })
    return destination
  }

  close(): void {
    for (const { destination } of this.all) destination.close()
  }

  private create({ name, origins, settings, connections, tls, speaksHttp2 }: Reached): Destination {
    return new Destination({
      name,
      origins,
      settings,
      tls,
      speaksHttp2,
      connections: {
        connectionsMax: settings.bulkhead?.connections ?? connections?.max ?? Infinity,
        pendingMax: settings.bulkhead?.pending ?? PENDING_MAX,
        idleMs: connections?.idleMs ?? Infinity,
      },
      codec: this.codec,
      telemetry: this.telemetry,
    })
  }

  /** By mutual TLS with the services of this system, each of which has to prove that it is the one called. */
  private tlsTo({ name, services }: SystemModel, service: string): UpstreamTls | undefined {
    const { workload: credentials } = this
    if (credentials === undefined || services.get(service)?.document.external === true) return undefined
    return { credentials, identity: workloadIdentity(trustDomainOf(name), service) }
  }
}

/** A destination before it is made. */
interface Reached {
  readonly name: string
  readonly origins: readonly string[]
  readonly settings: CallSettings
  readonly connections: ServiceModel['connections'] | undefined
  readonly tls: UpstreamTls | undefined
  readonly speaksHttp2: boolean
}

/** Of one policy, settings differ only in what a route says beside it. */
function isAlike(destination: Destination, name: string, settings: CallSettings): boolean {
  const { operations, fallback, retry } = destination.state.settings
  return (
    destination.name === name &&
    (retry === false) === (settings.retry === false) &&
    isDeepStrictEqual([operations, fallback], [settings.operations, settings.fallback])
  )
}

function originsOf({ services }: SystemModel, name: string, version: string | undefined): readonly string[] {
  const service = services.get(name)
  const endpoints = version === undefined ? service?.endpoints : service?.versions.get(version)?.endpoints
  if (endpoints === undefined || endpoints.length === 0) {
    throw new UnreachableServiceError(
      `cannot reach ${name}: services.${name} must have endpoints or a port, got neither`,
    )
  }
  return endpoints.map(originOf)
}

function originOf({ host, port, tls }: EndpointModel): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
