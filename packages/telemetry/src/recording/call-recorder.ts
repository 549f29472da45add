import type { Counter } from '../metrics/counter.js'
import type { Gauge } from '../metrics/gauge.js'
import type { Histogram } from '../metrics/histogram.js'
import { OTHER } from '../metrics/label-values.js'
import type { Tracing } from '../tracing/tracing.js'
import type { CallMetrics } from './call-metrics.js'
import type { ConventionalMetrics } from './conventional-metrics.js'
import type { Destined } from './count-events.js'
import type { CallOutcome, CallSpan, DestinationRecorder } from './recorders.js'
import { RouteSeries, validStatus } from './route-series.js'

/** More different codes than this are not codes. */
const ERROR_CODES_MAX = 50
/** More endpoints than this are not remembered as ejected, only counted. */
const EJECTED_MAX = 1_000

export class CallRecorder implements DestinationRecorder {
  readonly #calls: RouteSeries
  readonly #attempts: AttemptSeries
  readonly #ejections: Counter
  readonly #ejectedCount: Gauge
  readonly #ejected: Set<string> = new Set()
  readonly #destined: Destined
  readonly #tracing: Tracing | undefined

  constructor(
    metrics: CallMetrics,
    destined: Destined,
    tracing: Tracing | undefined,
    conventional: ConventionalMetrics | undefined,
    routesMax: number,
  ) {
    this.#calls = new RouteSeries(
      {
        counter: (route, outcome, status) => metrics.calls.with({ ...destined, route, outcome, status }),
        duration: (route, outcome) => metrics.callDuration.with({ ...destined, route, outcome }),
        conventional: (route, outcome, status) => conventional?.call(destined, route, outcome, status),
      },
      routesMax,
    )
    this.#attempts = new AttemptSeries(metrics, destined)
    this.#ejections = metrics.ejections.with(destined)
    this.#ejectedCount = metrics.ejected.with(destined)
    this.#destined = destined
    this.#tracing = tracing
  }

  finished(route: string, outcome: CallOutcome, status: number, durationMs: number, traceId?: string): void {
    this.#calls.record(route, outcome, status, durationMs, traceId)
  }

  attempted(status: number, errorCode: string, durationMs: number): void {
    this.#attempts.record(status, errorCode, durationMs)
  }

  ejection(endpoint: string, ejected: boolean): void {
    if (ejected) {
      this.#ejections.add()
      if (this.#ejected.size < EJECTED_MAX) this.#ejected.add(endpoint)
    } else {
      this.#ejected.delete(endpoint)
    }
    this.#ejectedCount.set(this.#ejected.size)
  }

  startSpan(method: string, route: string, target?: string): CallSpan | undefined {
    return this.#tracing?.startCall(this.#destined, method, route, target)
  }
}

/** Attempts by status and by error code, found without making a key. */
class AttemptSeries {
  readonly #statuses: Map<number, Counter> = new Map()
  readonly #errors: Map<string, Counter> = new Map()
  readonly #duration: Histogram
  readonly #metrics: CallMetrics
  readonly #destined: Destined

  constructor(metrics: CallMetrics, destined: Destined) {
    this.#metrics = metrics
    this.#destined = destined
    this.#duration = metrics.attemptDuration.with(destined)
  }

  record(status: number, errorCode: string, durationMs: number): void {
    const counter =
      errorCode === ''
        ? (this.#statuses.get(status) ?? this.#newStatus(status))
        : (this.#errors.get(errorCode) ?? this.#newError(errorCode))
    counter.add()
    this.#duration.observe(durationMs / 1_000)
  }

  #newStatus(status: number): Counter {
    const valid = validStatus(status)
    const counter =
      this.#statuses.get(valid) ??
      this.#metrics.attempts.with({ ...this.#destined, status: String(valid), error: '' })
    this.#statuses.set(valid, counter)
    return counter
  }

  #newError(errorCode: string): Counter {
    const error = this.#errors.size < ERROR_CODES_MAX ? errorCode : OTHER
    const counter =
      this.#errors.get(error) ?? this.#metrics.attempts.with({ ...this.#destined, status: '0', error })
    this.#errors.set(error, counter)
    return counter
  }
}
