import { createClient, type CalledService, type Client } from '@watertight/http'
import type { SystemModel } from '@watertight/manifest'
import type { ServiceTelemetry } from '@watertight/telemetry'
import type { Durations } from './durations.js'
import { Edge } from './edge.js'

const BREAKER_OPEN = 'WT_CIRCUIT_OPEN'

/** What `GET /internal/status` tells of one edge. */
export interface EdgeStatus {
  readonly to: string
  readonly breaker: string
  readonly calls: number
  readonly failures: number
  readonly retries: number
  readonly refusedByBreaker: number
  /** By a bulkhead, mostly. */
  readonly refusedOtherwise: number
  readonly fallbacks: number
  /** How long calls took, as the caller saw it. */
  readonly durations: Durations
}

export interface EdgesOptions {
  readonly model: SystemModel
  /** The service that calls. */
  readonly service: string
  /** Where another service is, by its name. */
  readonly urlOf: (callee: string) => string
  readonly telemetry: ServiceTelemetry
}

/** All services that one service calls, each under the policies that the manifest gives to that call. */
export class Edges {
  readonly #client: Client
  readonly #telemetry: ServiceTelemetry
  readonly #edges = new Map<string, { readonly edge: Edge; readonly called: CalledService }>()

  constructor({ model, service, urlOf, telemetry }: EdgesOptions) {
    this.#client = createClient(model, { service, endpoints: urlOf, telemetry })
    this.#telemetry = telemetry
  }

  to(callee: string): Edge {
    const known = this.#edges.get(callee)
    if (known !== undefined) return known.edge
    const called = this.#client[callee]
    if (called === undefined) throw new Error(`cannot call ${callee}: the manifest has no such call`)
    const edge = new Edge(called.fetch)
    this.#edges.set(callee, { edge, called })
    return edge
  }

  /** Follows a changed manifest from the next call on; breakers and connections stay. */
  update(model: SystemModel): void {
    this.#client.update(model)
  }

  /** The same numbers as `/metrics` has. */
  status(): EdgeStatus[] {
    const { registry } = this.#telemetry
    return [...this.#edges].map(([to, { edge, called }]) => {
      const count = (metric: string, labels: Record<string, string> = {}): number =>
        registry.total(`watertight_${metric}`, { destination: to, ...labels })
      return {
        to,
        breaker: called.fetch.breaker?.state ?? 'off',
        calls: count('client_requests_total'),
        failures: ['failure', 'refused'].reduce(
          (sum, outcome) => sum + count('client_requests_total', { outcome }),
          0,
        ),
        retries: count('retries_total', { outcome: 'retried' }),
        refusedByBreaker: count('refusals_total', { code: BREAKER_OPEN }),
        refusedOtherwise: count('refusals_total') - count('refusals_total', { code: BREAKER_OPEN }),
        fallbacks: count('fallbacks_total'),
        durations: { count: edge.durations.count, ms: edge.durations.ms },
      }
    })
  }

  close(): Promise<void> {
    return this.#client.close()
  }
}
