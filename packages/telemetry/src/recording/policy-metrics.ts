import type { CounterFamily } from '../metrics/counter.js'
import type { GaugeFamily } from '../metrics/gauge.js'
import type { MetricRegistry } from '../metrics/metric-registry.js'

type Destined = 'service' | 'destination'

/** What policies did, by the events that they report. */
export class PolicyMetrics {
  readonly retries: CounterFamily<Destined | 'reason' | 'outcome'>
  readonly hedges: CounterFamily<Destined>
  readonly fallbacks: CounterFamily<Destined | 'reason'>
  readonly refusals: CounterFamily<Destined | 'policy' | 'code'>
  readonly wouldRefuse: CounterFamily<Destined | 'policy' | 'code'>
  readonly wouldTimeOut: CounterFamily<Destined>
  readonly wouldRetry: CounterFamily<Destined>
  readonly timeouts: CounterFamily<Destined>
  readonly queued: CounterFamily<Destined | 'policy'>
  readonly cacheLookups: CounterFamily<Destined | 'result'>
  readonly transitions: CounterFamily<Destined | 'from_state' | 'to_state' | 'trigger'>

  constructor(registry: MetricRegistry) {
    const destined = ['service', 'destination'] as const
    const counter = <N extends string = never>(
      name: string,
      help: string,
      ...labels: readonly N[]
    ): CounterFamily<Destined | N> =>
      registry.counter<Destined | N>({ name, help, labels: [...destined, ...labels] })

    this.retries = counter(
      'watertight_retries_total',
      'Failed attempts by why they failed and by what came of it: retried, or the reason for giving up.',
      'reason',
      'outcome',
    )
    this.hedges = counter('watertight_hedges_total', 'Attempts that were started beside a slow one.')
    this.fallbacks = counter(
      'watertight_fallbacks_total',
      'Failures that were answered from elsewhere, by why the call failed.',
      'reason',
    )
    this.refusals = counter(
      'watertight_refusals_total',
      'Calls that a policy refused to start.',
      'policy',
      'code',
    )
    this.wouldRefuse = counter(
      'watertight_would_refuse_total',
      'Calls that a policy in observe mode would have refused.',
      'policy',
      'code',
    )
    this.wouldTimeOut = counter(
      'watertight_would_time_out_total',
      'Calls in observe mode that took longer than a time limit.',
    )
    this.wouldRetry = counter(
      'watertight_would_retry_total',
      'Calls in observe mode that would have been tried again.',
    )
    this.timeouts = counter('watertight_timeouts_total', 'Time limits that passed.')
    this.queued = counter('watertight_queued_total', 'Calls that had to wait for a slot.', 'policy')
    this.cacheLookups = counter('watertight_cache_lookups_total', 'Look-ups of the cache.', 'result')
    this.transitions = counter(
      'watertight_circuit_breaker_transitions_total',
      'Changes of the state of circuit breakers.',
      'from_state',
      'to_state',
      'trigger',
    )
  }
}

/** The state that policies are in. */
export class PolicyGauges {
  readonly breakerState: GaugeFamily<Destined | 'state'>
  readonly budgetRemaining: GaugeFamily<Destined>
  readonly bulkheadRunning: GaugeFamily<Destined>
  readonly bulkheadQueued: GaugeFamily<Destined>
  readonly adaptiveLimit: GaugeFamily<Destined>

  constructor(registry: MetricRegistry) {
    const destined = ['service', 'destination'] as const
    const gauge = (name: string, help: string): GaugeFamily<Destined> =>
      registry.gauge<Destined>({ name, help, labels: destined })

    this.breakerState = registry.gauge({
      name: 'watertight_circuit_breaker_state',
      help: '1 for the state that the circuit breaker is in, 0 for every other.',
      labels: [...destined, 'state'],
    })
    this.budgetRemaining = gauge(
      'watertight_retry_budget_remaining',
      'Further attempts that the retry budget would grant now.',
    )
    this.bulkheadRunning = gauge('watertight_bulkhead_running', 'Calls that hold a slot of the bulkhead.')
    this.bulkheadQueued = gauge('watertight_bulkhead_queued', 'Calls that wait for a slot of the bulkhead.')
    this.adaptiveLimit = gauge('watertight_adaptive_limit', 'Calls that the adaptive limit admits at once.')
  }
}
