// Claim: the policies that `createFetch` composes around a call, with everybody listening who listens there, cost at
// most six bare calls: a deadline from elsewhere, results that are judged, options on each call.
import {
  bulkhead,
  circuitBreaker,
  exponential,
  pipeline,
  retry,
  retryBudget,
  timeoutUntil,
} from '../../../packages/policy/dist/index.js'

/** What telemetry counts of a destination's policies. */
const counted = [
  'retry',
  'retry-stopped',
  'hedge',
  'fallback',
  'refusal',
  'would-refuse',
  'timeout',
  'queued',
  'cache',
  'limit',
  'state',
]

class Answer {
  status = 200
  mayRepeat() {
    return false
  }
}

/**
 * The policies of a destination as the client composes them.
 * @returns {import('../../../packages/policy/dist/index.js').Policy}
 */
export function clientComposition() {
  const isFailure = (error) => error instanceof Error
  const policy = pipeline(
    timeoutUntil({ until: () => Infinity, ms: 60_000 }),
    retry({
      attempts: 3,
      backoff: exponential({ initialMs: 100, maxMs: 3_000 }),
      budget: retryBudget({ ratio: 0.2, minimumPerSecond: 3 }),
      nonIdempotent: true,
      when: isFailure,
      whenResult: (answer) => answer.mayRepeat(),
      pushback: () => undefined,
    }),
    circuitBreaker({
      window: { calls: 100 },
      failureRate: 0.5,
      openForMs: 30_000,
      when: isFailure,
      whenResult: (answer) => answer.status >= 500,
    }),
    bulkhead({ concurrency: 10, queue: 10, maxWaitMs: 100 }),
  )
  for (const type of counted) {
    policy.on(type, () => {
      events += 1
    })
  }
  return policy
}
let events = 0

const policy = clientComposition()
const answer = new Answer()
const operation = async () => answer

/** @type {import('../runner/time-cases.mjs').Case} */
export const watertightClient = {
  name: 'watertight client composition',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) {
      await policy.execute(operation, { signal: undefined, key: undefined, idempotent: true, priority: 0 })
    }
  },
  close: () => {
    if (events > 0)
      throw new Error(`cannot measure calls that meet no obstacle: ${events} events were reported`)
  },
}
