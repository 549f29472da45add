// Claim: a closed circuit breaker alone costs less than cockatiel's.
import { circuitBreaker } from '../../../packages/policy/dist/index.js'

const breaker = circuitBreaker({
  window: { calls: 100 },
  failureRate: 0.5,
  openForMs: 30_000,
  halfOpenCalls: 5,
})
const operation = async () => 42

/** @type {import('../runner/time-cases.mjs').Case} */
export const watertightBreaker = {
  name: 'watertight breaker',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await breaker.execute(operation)
  },
}
