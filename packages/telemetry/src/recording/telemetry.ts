import { OptionError, type Policy } from '@watertight/policy'
import { MetricRegistry, type Exposition } from '../metrics/metric-registry.js'
import { observeObjective } from '../objectives/observe-objective.js'
import { ObjectiveTracker } from '../objectives/objective-tracker.js'
import type { ObjectiveTargets } from '../objectives/objective.js'
import type { Tracing } from '../tracing/tracing.js'
import { CallMetrics, RequestMetrics } from './call-metrics.js'
import { CallRecorder } from './call-recorder.js'
import { ConventionalMetrics } from './conventional-metrics.js'
import { countEvents, observeParts } from './count-events.js'
import { logTransitions, type TransitionLog } from './log-transitions.js'
import { PolicyGauges, PolicyMetrics } from './policy-metrics.js'
import type { Destination, DestinationRecorder, ServerParts, ServerRecorder, Telemetry } from './recorders.js'
import { RequestRecorder } from './request-recorder.js'

export interface TelemetryOptions {
  /** The service that records: the label `service` of everything. */
  readonly service: string
  /** Where the metrics live. Default a registry of its own. */
  readonly registry?: MetricRegistry | undefined
  /** Where spans go. Default nowhere. */
  readonly tracing?: Tracing | undefined
  /** What the service must meet; its burn rates are then measured here, and show as gauges. Default nothing. */
  readonly objective?: ObjectiveTargets | undefined
  /** Routes of one destination, or of the server, that are told apart, an integer >= 1. Default 200. */
  readonly routesMax?: number | undefined
  /**
   * Whether durations are recorded a second time under the names of OpenTelemetry's HTTP conventions, for dashboards that
   * exist: `http_client_request_duration_seconds` and `http_server_request_duration_seconds`. Default false.
   */
  readonly conventionalMetrics?: boolean | undefined
  /**
   * Gets a line whenever the circuit breaker of a destination changes its state: `warn` when it opens, else `info`. At most
   * 20 a minute for each destination. Default nobody.
   */
  readonly log?: TransitionLog | undefined
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly now?: (() => number) | undefined
}

/** The telemetry of one service, with what it has gathered. */
export interface ServiceTelemetry extends Telemetry {
  readonly registry: MetricRegistry
  /** How the service stands to its objective; undefined without one. */
  readonly objective: ObjectiveTracker | undefined
  /** The answer to a scrape, in the format that its `Accept` header asks for. */
  expose(accept?: string): Exposition
}

/**
 * Records the calls and requests of one service.
 *
 * @throws {OptionError} when an option is out of its range
 * @example
 * const telemetry = createTelemetry({ service: 'order' })
 * const payment = telemetry.destination({ to: 'payment' })
 * payment.finished('POST /charges', 'success', 201, 12.5)
 * console.log(telemetry.expose().body)
 */
export function createTelemetry(options: TelemetryOptions): ServiceTelemetry {
  const { service, registry = new MetricRegistry(), tracing, routesMax = 200 } = options
  if (typeof service !== 'string' || service === '') {
    throw new OptionError(`cannot create telemetry: service must be a name, got '${service}'`, 'service')
  }
  if (!Number.isSafeInteger(routesMax) || routesMax < 1) {
    throw new OptionError(
      `cannot create telemetry: routesMax must be an integer >= 1, got ${routesMax}`,
      'routesMax',
    )
  }
  const { log, now = monotonicNow } = options
  if (log !== undefined && (typeof log?.info !== 'function' || typeof log.warn !== 'function')) {
    throw new OptionError('cannot create telemetry: log must be a logger with info and warn', 'log')
  }
  const objective = options.objective === undefined ? undefined : new ObjectiveTracker(options.objective)
  const conventional = options.conventionalMetrics === true ? new ConventionalMetrics(registry) : undefined
  return new Recording({ service, registry, tracing, conventional, routesMax, now, objective, log })
}

// Node makes the global a getter; reading it once halves the price of reading the time.
const monotonic = globalThis.performance
const monotonicNow = (): number => monotonic.now()

interface RecordingParts {
  readonly service: string
  readonly registry: MetricRegistry
  readonly tracing: Tracing | undefined
  readonly conventional: ConventionalMetrics | undefined
  readonly routesMax: number
  readonly now: () => number
  readonly objective: ObjectiveTracker | undefined
  readonly log: TransitionLog | undefined
}

class Recording implements ServiceTelemetry {
  readonly registry: MetricRegistry
  readonly objective: ObjectiveTracker | undefined
  readonly #parts: RecordingParts
  readonly #calls: CallMetrics
  readonly #requests: RequestMetrics
  readonly #policies: PolicyMetrics
  readonly #gauges: PolicyGauges
  readonly #listened: WeakMap<Pick<Policy<unknown>, 'on'>, Set<string>> = new WeakMap()

  constructor(parts: RecordingParts) {
    const { registry, objective, service, now } = parts
    this.registry = registry
    this.objective = objective
    this.#parts = parts
    this.#calls = new CallMetrics(registry)
    this.#requests = new RequestMetrics(registry, objective?.latencyLimitsSeconds ?? [])
    this.#policies = new PolicyMetrics(registry)
    this.#gauges = new PolicyGauges(registry)
    if (objective !== undefined) observeObjective(objective, registry, service, now)
  }

  destination({ to, policy, parts }: Destination): DestinationRecorder {
    const { service, tracing, conventional, routesMax, now, log } = this.#parts
    const destined = { service, destination: to }
    if (policy !== undefined && this.#isNew(policy, to)) {
      countEvents(policy, parts ?? {}, this.#policies, this.#gauges, destined)
      if (log !== undefined) logTransitions(policy, to, log, now)
    }
    if (parts !== undefined) observeParts(parts, this.#gauges, destined, now)
    return new CallRecorder(this.#calls, destined, tracing, conventional, routesMax)
  }

  /** A destination that is set up anew, with the pipeline it had, must not count everything twice. */
  #isNew(policy: Pick<Policy<unknown>, 'on'>, to: string): boolean {
    const known = this.#listened.get(policy)
    if (known?.has(to) === true) return false
    this.#listened.set(policy, (known ?? new Set()).add(to))
    return true
  }

  server(parts?: ServerParts): ServerRecorder {
    const { service } = this.#parts
    if (parts !== undefined) this.#requests.observe(parts, service)
    return new RequestRecorder(this.#requests, service, this.#parts)
  }

  expose(accept?: string): Exposition {
    return this.registry.expose(accept)
  }
}
