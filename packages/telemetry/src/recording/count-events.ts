import type { Policy } from '@watertight/policy'
import { circuitStates } from '@watertight/policy/defaults'
import { CounterCache } from './counter-cache.js'
import { errorReason } from './error-reason.js'
import { failureReason } from './failure-reason.js'
import type { PolicyGauges, PolicyMetrics } from './policy-metrics.js'
import type { DestinationParts } from './recorders.js'

/** Who calls whom. */
export interface Destined {
  readonly service: string
  readonly destination: string
}

/** Counts what the policies of a destination report, and shows how those stand that are none of `parts`. */
export function countEvents(
  policy: Pick<Policy<unknown>, 'on'>,
  parts: DestinationParts,
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
  const wouldRefuse = new CounterCache((name, code) =>
    metrics.wouldRefuse.with({ ...destined, policy: name, code }),
  )
  const fallbacks = new CounterCache((reason) => metrics.fallbacks.with({ ...destined, reason }))
  const queued = new CounterCache((name) => metrics.queued.with({ ...destined, policy: name }))
  const lookups = new CounterCache((result) => metrics.cacheLookups.with({ ...destined, result }))
  const hedges = metrics.hedges.with(destined)
  const wouldTimeOut = metrics.wouldTimeOut.with(destined)
  const wouldRetry = metrics.wouldRetry.with(destined)
  const timeouts = metrics.timeouts.with(destined)
  policy.on('retry', (failed) => retries.get(failureReason(failed), 'retried').add())
  policy.on('retry-stopped', (failed) => retries.get(failureReason(failed), failed.reason).add())
  policy.on('hedge', () => hedges.add())
  policy.on('fallback', ({ error }) => fallbacks.get(errorReason(error), '').add())
  policy.on('refusal', ({ policy: name, code }) => refusals.get(name, code).add())
  policy.on('would-refuse', ({ policy: name, code }) => wouldRefuse.get(name, code).add())
  policy.on('would-time-out', () => wouldTimeOut.add())
  policy.on('would-retry', () => wouldRetry.add())
  policy.on('timeout', () => timeouts.add())
  policy.on('queued', ({ policy: name }) => queued.get(name, '').add())
  policy.on('cache', ({ result }) => lookups.get(result, '').add())
  policy.on('limit', ({ to }) => {
    if (parts.adaptiveLimit === undefined) gauges.adaptiveLimit.with(destined).set(to)
  })
  policy.on('state', ({ from, to, trigger }) => {
    metrics.transitions.with({ ...destined, from_state: from, to_state: to, trigger }).add()
    if (parts.breaker !== undefined) return
    for (const state of circuitStates)
      gauges.breakerState.with({ ...destined, state }).set(Number(to === state))
  })
}

/**
 * Reads the state of a destination's policies whenever metrics are scraped: a part may come and go with its options.
 * Registered anew, the newer parts count.
 */
export function observeParts(
  parts: DestinationParts,
  gauges: PolicyGauges,
  destined: Destined,
  now: () => number,
): void {
  for (const state of circuitStates) {
    gauges.breakerState.with({ ...destined, state }).observe(() => {
      const present = parts.breaker?.state
      return present === undefined ? ABSENT : Number(present === state)
    })
  }
  gauges.bulkheadRunning.with(destined).observe(() => parts.bulkhead?.running ?? ABSENT)
  gauges.bulkheadQueued.with(destined).observe(() => parts.bulkhead?.queued ?? ABSENT)
  gauges.adaptiveLimit.with(destined).observe(() => parts.adaptiveLimit?.limit ?? ABSENT)
  gauges.budgetRemaining.with(destined).observe(() => parts.budget?.remaining(now()) ?? ABSENT)
}

/** No sample. */
const ABSENT = Number.NaN
