import type { CircuitState, Policy } from '@watertight/policy'
import { CounterCache } from './counter-cache.js'
import { errorReason } from './error-reason.js'
import type { PolicyGauges, PolicyMetrics } from './policy-metrics.js'
import type { DestinationParts } from './recording.js'

const STATES: readonly CircuitState[] = [
  'closed',
  'open',
  'half-open',
  'forced-open',
  'forced-closed',
  'observe',
]

/** Who calls whom. */
export interface Destined {
  readonly service: string
  readonly destination: string
}

/** Counts what the policies of a destination report. */
export function countEvents(
  policy: Policy<unknown>,
  metrics: PolicyMetrics,
  gauges: PolicyGauges,
  destined: Destined,
): void {
  const retries = new CounterCache((reason, outcome) =>
    metrics.retries.with({ ...destined, reason, outcome }),
  )
  const refusals = new CounterCache((name, code) =>
    metrics.refusals.with({ ...destined, policy: name, code }),
  )
  const fallbacks = new CounterCache((reason) => metrics.fallbacks.with({ ...destined, reason }))
  const queued = new CounterCache((name) => metrics.queued.with({ ...destined, policy: name }))
  const lookups = new CounterCache((result) => metrics.cacheLookups.with({ ...destined, result }))
  const hedges = metrics.hedges.with(destined)
  const timeouts = metrics.timeouts.with(destined)
  policy.on('retry', ({ error }) => retries.get(errorReason(error), 'retried').add())
  policy.on('retry-stopped', ({ error, reason }) => retries.get(errorReason(error), reason).add())
  policy.on('hedge', () => hedges.add())
  policy.on('fallback', ({ error }) => fallbacks.get(errorReason(error), '').add())
  policy.on('refusal', ({ policy: name, code }) => refusals.get(name, code).add())
  policy.on('timeout', () => timeouts.add())
  policy.on('queued', ({ policy: name }) => queued.get(name, '').add())
  policy.on('cache', ({ result }) => lookups.get(result, '').add())
  policy.on('limit', ({ to }) => gauges.adaptiveLimit.with(destined).set(to))
  policy.on('state', ({ from, to, trigger }) => {
    metrics.transitions.with({ ...destined, from_state: from, to_state: to, trigger }).add()
  })
}

/** Reads the state of a destination's policies whenever metrics are scraped. Registered anew, the newer parts count. */
export function observeParts(
  { breaker, bulkhead, budget }: DestinationParts,
  metrics: PolicyMetrics,
  gauges: PolicyGauges,
  destined: Destined,
  now: () => number,
): void {
  if (breaker !== undefined) {
    metrics.wouldRefuse
      .with({ ...destined, policy: 'circuit-breaker', code: 'WT_CIRCUIT_OPEN' })
      .observe(() => breaker.metrics.wouldHaveRefused)
    for (const state of STATES) {
      gauges.breakerState.with({ ...destined, state }).observe(() => Number(breaker.state === state))
    }
  }
  if (bulkhead !== undefined) {
    gauges.bulkheadRunning.with(destined).observe(() => bulkhead.running)
    gauges.bulkheadQueued.with(destined).observe(() => bulkhead.queued)
  }
  if (budget !== undefined) gauges.budgetRemaining.with(destined).observe(() => budget.remaining(now()))
}

/** Shows how a circuit breaker stands by its events, for one that cannot be asked. */
export function followBreaker(
  policy: Policy<unknown>,
  metrics: PolicyMetrics,
  gauges: PolicyGauges,
  destined: Destined,
): void {
  policy.on('state', ({ to }) => {
    for (const state of STATES) gauges.breakerState.with({ ...destined, state }).set(Number(to === state))
  })
  policy.on('would-refuse', ({ policy: name, code }) => {
    metrics.wouldRefuse.with({ ...destined, policy: name, code }).add()
  })
}
