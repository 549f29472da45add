// moleculer's guards around a local action: circuit breaker, bulkhead, retry, timeout and a fallback, as its broker
// puts them around every call.
import { ServiceBroker } from 'moleculer'

const broker = new ServiceBroker({
  logger: false,
  requestTimeout: 1_000,
  retryPolicy: { enabled: true, retries: 2, delay: 100, maxDelay: 3_000 },
  circuitBreaker: {
    enabled: true,
    threshold: 0.5,
    minRequestCount: 100,
    windowTime: 60,
    halfOpenTime: 30_000,
  },
  bulkhead: { enabled: true, concurrency: 10, maxQueueSize: 10 },
})
broker.createService({
  name: 'answer',
  actions: { get: { fallback: () => 0, handler: async () => 42 } },
})
await broker.start()

/** @type {import('../runner/time-cases.mjs').Case} */
export const moleculerAction = {
  name: 'moleculer action',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await broker.call('answer.get')
  },
  // The process ends with the benchmark, whatever the broker still has to do.
  close: () => void broker.stop(),
}
