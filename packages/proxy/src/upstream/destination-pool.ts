import { isDeepStrictEqual } from 'node:util'
import type { EndpointModel, SystemModel } from '@watertight/manifest'
import type { Telemetry } from '@watertight/telemetry'
import type { CallSettings } from '@watertight/traffic'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import { trustDomainOf, workloadIdentity } from '../certificates/workload-identity.js'
import type { Credentials } from '../tls/credentials.js'
import type { UpstreamTls } from '../tls/upstream-tls.js'
import { Destination } from './destination.js'

const CONNECTIONS_MAX = 1_024
const PENDING_MAX = 1_024
const IDLE_MS = 60_000

/** A service that nothing in the document says how to reach. */
export class UnreachableServiceError extends Error {
  readonly code = 'WT_UNREACHABLE_SERVICE'
}

/** The destinations of a proxy. Routes that call a service by the same settings share one, with all that it has learnt. */
export class DestinationPool {
  private readonly telemetry: Telemetry | undefined
  private readonly workload: Credentials | undefined
  private readonly codec: { readonly names: HeaderNames; readonly limits: Http1Limits }
  private readonly all: Destination[] = []

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
    return this.all
  }

  /** @throws {UnreachableServiceError} when the document does not say where the service answers */
  get(model: SystemModel, service: string, settings: CallSettings): Destination {
    const known = this.all.find(
      ({ name, state }) => name === service && isDeepStrictEqual(state.settings, settings),
    )
    if (known !== undefined) return known
    return this.add(service, originsOf(model, service), settings, this.tlsTo(model, service))
  }

  /** The process beside this one, which is called by nothing but its port. */
  local(service: string, port: number): Destination {
    return this.add(service, [`http://127.0.0.1:${port}`], { timeout: false, retry: false }, undefined)
  }

  close(): void {
    for (const destination of this.all) destination.close()
  }

  private add(
    name: string,
    origins: readonly string[],
    settings: CallSettings,
    tls: UpstreamTls | undefined,
  ): Destination {
    const destination = new Destination({
      name,
      origins,
      settings,
      tls,
      connections: {
        connectionsMax: settings.bulkhead?.connections ?? CONNECTIONS_MAX,
        pendingMax: settings.bulkhead?.pending ?? PENDING_MAX,
        idleMs: IDLE_MS,
      },
      codec: this.codec,
      telemetry: this.telemetry,
    })
    this.all.push(destination)
    return destination
  }

  /** By mutual TLS with the services of this system, each of which has to prove that it is the one called. */
  private tlsTo({ name, services }: SystemModel, service: string): UpstreamTls | undefined {
    const { workload: credentials } = this
    if (credentials === undefined || services.get(service)?.document.external === true) return undefined
    return { credentials, identity: workloadIdentity(trustDomainOf(name), service) }
  }
}

function originsOf({ services }: SystemModel, name: string): readonly string[] {
  const endpoints = services.get(name)?.endpoints ?? []
  if (endpoints.length > 0) return endpoints.map(originOf)
  throw new UnreachableServiceError(
    `cannot reach ${name}: services.${name} must have a port or endpoints, got neither`,
  )
}

function originOf({ host, port, tls }: EndpointModel): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
