import { isDeepStrictEqual } from 'node:util'
import type { SystemModel } from '@watertight/manifest'
import type { Telemetry } from '@watertight/telemetry'
import type { CallSettings } from '@watertight/traffic'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
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
  private readonly codec: { readonly names: HeaderNames; readonly limits: Http1Limits }
  private readonly all: Destination[] = []

  constructor(
    codec: { readonly names: HeaderNames; readonly limits: Http1Limits },
    telemetry: Telemetry | undefined,
  ) {
    this.codec = codec
    this.telemetry = telemetry
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
    const destination = new Destination({
      name: service,
      origins: originsOf(model, service),
      settings,
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

  close(): void {
    for (const destination of this.all) destination.close()
  }
}

function originsOf({ services }: SystemModel, name: string): readonly string[] {
  const port = services.get(name)?.document.port
  if (port !== undefined) return [`http://127.0.0.1:${port}`]
  throw new UnreachableServiceError(`cannot reach ${name}: services.${name} must have a port, got none`)
}
