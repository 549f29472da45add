// Claim: five guards and a fallback around a call cost at most five bare calls, and no timer or controller a call.
import {
  bulkhead,
  circuitBreaker,
  exponential,
  fallback,
  pipeline,
  retry,
  retryBudget,
  timeout,
} from '../../../packages/policy/dist/index.js'

/** The standard six policies. */
export const sixPolicies = () =>
  pipeline(
    fallback({ value: () => 0 }),
    timeout({ ms: 3_000 }),
    retry({
      attempts: 3,
      backoff: exponential({ initialMs: 100, maxMs: 3_000, jitter: 'full' }),
      budget: retryBudget({ ratio: 0.2, minimumPerSecond: 10, ttlMs: 10_000 }),
    }),
    circuitBreaker({ window: { calls: 100 }, failureRate: 0.5, openForMs: 30_000, halfOpenCalls: 5 }),
    bulkhead({ concurrency: 10, queue: 10 }),
    timeout({ ms: 1_000 }),
  )
const guarded = sixPolicies()
const operation = async () => 42

/** @type {import('../runner/time-cases.mjs').Case} */
export const watertightPipeline = {
  name: 'watertight pipeline',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await guarded.execute(operation)
  },
}
