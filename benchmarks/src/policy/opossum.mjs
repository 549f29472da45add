// opossum is a breaker and a timeout in one object; it composes with nothing else.
import CircuitBreaker from 'opossum'

const operation = async () => 42
const breaker = new CircuitBreaker(operation, {
  timeout: 1_000,
  resetTimeout: 30_000,
  errorThresholdPercentage: 50,
  volumeThreshold: 100,
})

/** @type {import('../runner/time-cases.mjs').Case} */
export const opossumBreakerTimeout = {
  name: 'opossum breaker+timeout',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await breaker.fire()
  },
  close: () => breaker.shutdown(),
}
