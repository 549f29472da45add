// cockatiel with the same guards as ours; it has no shared retry budget and no total timeout in this chain.
import {
  bulkhead,
  circuitBreaker,
  CountBreaker,
  ExponentialBackoff,
  fallback,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel'

const newBreaker = () =>
  circuitBreaker(handleAll, {
    halfOpenAfter: 30_000,
    breaker: new CountBreaker({ threshold: 0.5, size: 100 }),
  })

const guarded = wrap(
  fallback(handleAll, () => 0),
  retry(handleAll, {
    maxAttempts: 2,
    backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 3_000 }),
  }),
  newBreaker(),
  bulkhead(10, 10),
  timeout(1_000, TimeoutStrategy.Aggressive),
)
const guardedOperation = async () => 42

/** @type {import('../runner/time-cases.mjs').Case} */
export const cockatielPipeline = {
  name: 'cockatiel pipeline',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await guarded.execute(guardedOperation)
  },
}

const breaker = newBreaker()
const breakerOperation = async () => 42

/** @type {import('../runner/time-cases.mjs').Case} */
export const cockatielBreaker = {
  name: 'cockatiel breaker',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await breaker.execute(breakerOperation)
  },
}
