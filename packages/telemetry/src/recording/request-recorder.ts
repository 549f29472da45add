import type { Gauge } from '../metrics/gauge.js'
import type { ObjectiveTracker } from '../objectives/objective-tracker.js'
import type { Tracing } from '../tracing/tracing.js'
import type { RequestMetrics } from './call-metrics.js'
import type { ConventionalMetrics } from './conventional-metrics.js'
import type { CallOutcome, IncomingRequest, ServerRecorder, ServerSpan } from './recorders.js'
import { RouteSeries } from './route-series.js'

export class RequestRecorder implements ServerRecorder {
  readonly #requests: RouteSeries
  readonly #inFlight: Gauge
  readonly #service: string
  readonly #tracing: Tracing | undefined
  readonly #objective: ObjectiveTracker | undefined
  readonly #now: () => number

  constructor(
    metrics: RequestMetrics,
    service: string,
    options: {
      readonly tracing: Tracing | undefined
      readonly objective: ObjectiveTracker | undefined
      readonly conventional: ConventionalMetrics | undefined
      readonly routesMax: number
      readonly now: () => number
    },
  ) {
    this.#requests = new RouteSeries(
      {
        counter: (route, outcome, status) => metrics.requests.with({ service, route, outcome, status }),
        duration: (route, outcome) => metrics.duration.with({ service, route, outcome }),
        conventional: (route, outcome, status) =>
          options.conventional?.request(service, route, outcome, status),
      },
      options.routesMax,
    )
    this.#inFlight = metrics.inFlight.with({ service })
    this.#service = service
    this.#tracing = options.tracing
    this.#objective = options.objective
    this.#now = options.now
  }

  started(): void {
    this.#inFlight.add(1)
  }

  finished(
    route: string,
    outcome: Exclude<CallOutcome, 'fallback'>,
    status: number,
    durationMs: number,
    traceId?: string,
  ): void {
    this.#inFlight.add(-1)
    this.#requests.record(route, outcome, status, durationMs, traceId)
    // What the caller gave up says nothing about the service, just as no circuit breaker counts it.
    if (this.#objective !== undefined && outcome !== 'aborted') {
      // Whole milliseconds are small integers, which are handed on without a box on the heap.
      this.#objective.record(Math.floor(this.#now()), outcome === 'success', durationMs)
    }
  }

  startSpan(request: IncomingRequest): ServerSpan | undefined {
    return this.#tracing?.startServer(this.#service, request)
  }
}
