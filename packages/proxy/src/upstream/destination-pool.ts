import { isDeepStrictEqual } from 'node:util'
import type { EndpointModel, PolicyModel, ServiceModel, SystemModel } from '@watertight/manifest'
import type { Telemetry } from '@watertight/telemetry'
import type { CallSettings } from '@watertight/traffic'
import type { InjectedFaults } from '../faults/injected-faults.js'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import { trustDomainOf, workloadIdentity } from '../certificates/workload-identity.js'
import type { Credentials } from '../tls/credentials.js'
import type { UpstreamTls } from '../tls/upstream-tls.js'
import { Destination, type DestinationOptions } from './destination.js'

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
  private readonly faults: InjectedFaults
  private readonly codec: { readonly names: HeaderNames; readonly limits: Http1Limits }
  private all: Entry[] = []
  /** Those of the document before, while another one is taken over: the first of a name is taken first. */
  private former: Entry[] | undefined = undefined

  constructor(
    codec: { readonly names: HeaderNames; readonly limits: Http1Limits },
    telemetry: Telemetry | undefined,
    workload: Credentials | undefined,
    faults: InjectedFaults,
  ) {
    this.codec = codec
    this.telemetry = telemetry
    this.workload = workload
    this.faults = faults
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
    const known = this.all.find((one) => one.policy === policy && isAlike(one, name, settings))
    if (known !== undefined) return known.destination
    return this.take(policy, {
      name,
      origins: originsOf(model, service, version),
      settings,
      connections: model.services.get(service)?.connections,
      tls: this.tlsTo(model, service),
      speaksHttp2: model.services.get(service)?.protocol === 'h2',
    })
  }

  /**
   * Takes over another document: `build` asks for all destinations anew. One that was there before stays, with its
   * connections and all that it has learnt, and gets its new settings when all is built; one that nobody asks for closes.
   *
   * @throws what `build` throws, and then everything is as it was
   */
  anew<T>(build: () => T): T {
    const before = this.all
    this.all = []
    this.former = [...before]
    try {
      const built = build()
      for (const { destination, change } of this.all)
        if (change !== undefined) destination.reconfigure(change)
      for (const { destination } of this.former) destination.close()
      return built
    } catch (error) {
      for (const { destination, change } of this.all) if (change === undefined) destination.close()
      this.all = before
      throw error
    } finally {
      this.former = undefined
    }
  }

  /** The process beside this one, which is called by nothing but its port. */
  local(service: string, port: number, speaksHttp2: boolean): Destination {
    return this.take(undefined, {
      name: service,
      origins: [`http://127.0.0.1:${port}`],
      settings: { timeout: false, retry: false },
      connections: undefined,
      tls: undefined,
      speaksHttp2,
      isProcess: true,
    })
  }

  close(): void {
    for (const { destination } of this.all) destination.close()
  }

  /** A destination of the document before that is reached in the same way, or a new one. */
  private take(policy: PolicyModel | undefined, reached: Reached): Destination {
    const { name, origins, settings, tls, speaksHttp2, isProcess } = reached
    const connections = connectionLimits(reached)
    const place = this.former?.findIndex(
      ({ destination }) => destination.name === name && destination.speaksAs(reached),
    )
    const [kept] = place === undefined || place < 0 ? [] : this.former!.splice(place, 1)
    if (kept !== undefined) {
      const change = { origins, settings, connections }
      this.all.push({ destination: kept.destination, policy, settings, change })
      return kept.destination
    }
    const { codec, telemetry, faults } = this
    const destination = new Destination({
      name,
      origins,
      settings,
      tls,
      speaksHttp2,
      isProcess,
      connections,
      codec,
      telemetry,
      faults,
    })
    this.all.push({ destination, policy, settings, change: undefined })
    return destination
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
  readonly isProcess?: boolean
}

/** A destination, and what it was asked for with. */
interface Entry {
  readonly destination: Destination
  readonly policy: PolicyModel | undefined
  readonly settings: CallSettings
  /** What is put in force once the document has been taken over whole. */
  readonly change: Parameters<Destination['reconfigure']>[0] | undefined
}

function connectionLimits({ settings, connections }: Reached): DestinationOptions['connections'] {
  return {
    connectionsMax: connections?.max ?? Infinity,
    connectionsInAll: settings.bulkhead?.connections ?? Infinity,
    pendingMax: settings.bulkhead?.pending ?? PENDING_MAX,
    idleMs: connections?.idleMs ?? Infinity,
  }
}

/** Of one policy, settings differ only in what a route says beside it. */
function isAlike({ destination, settings: known }: Entry, name: string, settings: CallSettings): boolean {
  return (
    destination.name === name &&
    (known.retry === false) === (settings.retry === false) &&
    isDeepStrictEqual([known.operations, known.fallback], [settings.operations, settings.fallback])
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
