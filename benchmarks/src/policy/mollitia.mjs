// mollitia: modules run in the order of the list, outermost first; its `attempts` counts the retries.
import { Bulkhead, Circuit, Retry, SlidingCountBreaker, Timeout } from 'mollitia'

const circuit = new Circuit({
  func: async () => 42,
  options: {
    modules: [
      new Retry({ attempts: 2, interval: 100, mode: 'exponential', maxInterval: 3_000 }),
      new SlidingCountBreaker({
        slidingWindowSize: 100,
        minimumNumberOfCalls: 100,
        failureRateThreshold: 50,
        openStateDelay: 30_000,
      }),
      new Bulkhead({ concurrentSize: 10, queueSize: 10 }),
      new Timeout({ delay: 1_000 }),
    ],
  },
})

/** @type {import('../runner/time-cases.mjs').Case} */
export const mollitiaPipeline = {
  name: 'mollitia pipeline',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await circuit.execute()
  },
  close: () => circuit.dispose(),
}
