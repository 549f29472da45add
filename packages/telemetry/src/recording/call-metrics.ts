import { bucketsWith, LATENCY_BUCKETS } from '../metrics/buckets.js'
import type { CounterFamily } from '../metrics/counter.js'
import type { GaugeFamily } from '../metrics/gauge.js'
import type { HistogramFamily } from '../metrics/histogram.js'
import type { MetricRegistry } from '../metrics/metric-registry.js'
import type { ServerParts, ServerResource } from './recorders.js'

type Destined = 'service' | 'destination'

/** Routes times outcomes times statuses of all destinations; most of them never occur. */
const SERIES_MAX = 5_000

/** Everything that is counted about calls to other services. The process may record for several services. */
export class CallMetrics {
  readonly calls: CounterFamily<Destined | 'route' | 'outcome' | 'status'>
  readonly callDuration: HistogramFamily<Destined | 'route' | 'outcome'>
  readonly attempts: CounterFamily<Destined | 'status' | 'error'>
  readonly attemptDuration: HistogramFamily<Destined>
  readonly ejections: CounterFamily<Destined>
  readonly ejected: GaugeFamily<Destined>

  constructor(registry: MetricRegistry) {
    const destined = ['service', 'destination'] as const
    this.calls = registry.counter({
      name: 'watertight_client_requests_total',
      help: 'Calls by how they ended, retries and hedges included; status 0 is a call without an answer.',
      labels: [...destined, 'route', 'outcome', 'status'],
      seriesMax: SERIES_MAX,
    })
    this.callDuration = registry.histogram({
      name: 'watertight_client_request_duration_seconds',
      help: 'Time from the start of a call to its end, all attempts and waits included.',
      labels: [...destined, 'route', 'outcome'],
      seriesMax: SERIES_MAX,
    })
    this.attempts = registry.counter({
      name: 'watertight_client_attempts_total',
      help: 'Single attempts by the status of their answer, or by the code of their error.',
      labels: [...destined, 'status', 'error'],
    })
    this.attemptDuration = registry.histogram({
      name: 'watertight_client_attempt_duration_seconds',
      help: 'Time of a single attempt.',
      labels: destined,
    })
    this.ejections = registry.counter({
      name: 'watertight_client_ejections_total',
      help: 'Endpoints that were taken out of the balancing.',
      labels: destined,
    })
    this.ejected = registry.gauge({
      name: 'watertight_client_ejected_endpoints',
      help: 'Endpoints that are out of the balancing now.',
      labels: destined,
    })
  }
}

const RESOURCES: Readonly<Record<ServerResource, string>> = {
  eventLoopDelayMs: 'event_loop_delay',
  eventLoopUtilization: 'event_loop_utilization',
  heapUsed: 'heap',
  rssBytes: 'rss',
}

/** Everything that is counted about requests that are answered. */
export class RequestMetrics {
  readonly requests: CounterFamily<'service' | 'route' | 'outcome' | 'status'>
  readonly duration: HistogramFamily<'service' | 'route' | 'outcome'>
  readonly inFlight: GaugeFamily<'service'>
  readonly #queued: GaugeFamily<'service'>
  readonly #limit: GaugeFamily<'service'>
  readonly #admitted: GaugeFamily<'service'>
  readonly #pressure: GaugeFamily<'service' | 'resource'>
  readonly #shed: CounterFamily<'service'>

  constructor(registry: MetricRegistry, limitsSeconds: readonly number[]) {
    this.requests = registry.counter({
      name: 'watertight_server_requests_total',
      help: 'Requests by how they ended; status 0 is a caller that did not wait for its answer.',
      labels: ['service', 'route', 'outcome', 'status'],
      seriesMax: SERIES_MAX,
    })
    this.duration = registry.histogram({
      name: 'watertight_server_request_duration_seconds',
      help: 'Time from the arrival of a request to the end of its answer.',
      labels: ['service', 'route', 'outcome'],
      seriesMax: SERIES_MAX,
      buckets: bucketsWith(LATENCY_BUCKETS, ...limitsSeconds),
    })
    const gauge = (name: string, help: string): GaugeFamily<'service'> =>
      registry.gauge({ name, help, labels: ['service'] })
    this.inFlight = gauge(
      'watertight_server_requests_in_flight',
      'Requests that are being answered now, or wait for a slot.',
    )
    this.#queued = gauge('watertight_server_requests_queued', 'Requests that wait for a slot.')
    this.#limit = gauge('watertight_server_requests_limit', 'Requests that may run at once now.')
    this.#admitted = gauge(
      'watertight_server_overload_admitted_ratio',
      'Share of the requests that an overloaded process lets in.',
    )
    this.#pressure = registry.gauge({
      name: 'watertight_server_overload_pressure_ratio',
      help: 'What the process has to bear, as a share of its limit.',
      labels: ['service', 'resource'],
    })
    this.#shed = registry.counter({
      name: 'watertight_server_overload_shed_total',
      help: 'Requests shed since the process had too much to bear.',
      labels: ['service'],
    })
  }

  /** Shows how the limits in front of a service stand. */
  observe(parts: ServerParts, service: string): void {
    this.#queued.with({ service }).observe(() => parts.queued)
    this.#limit.with({ service }).observe(() => parts.limit)
    this.#admitted.with({ service }).observe(() => parts.overload?.admitted ?? ABSENT)
    this.#shed.with({ service }).observe(() => parts.overload?.shed ?? ABSENT)
    for (const [name, resource] of Object.entries(RESOURCES)) {
      const read = (): number => parts.overload?.pressure(name as ServerResource) ?? ABSENT
      this.#pressure.with({ service, resource }).observe(read)
    }
  }
}

/** No sample. */
const ABSENT = Number.NaN
