// Claim: refusing a call by value takes under 150 ns. The circuit is opened by failures, as it would be in service,
// for long enough that the whole benchmark meets an open one.
import { circuitBreaker } from '../../../packages/policy/dist/index.js'

const breaker = circuitBreaker({
  window: { calls: 10 },
  minimumCalls: 10,
  failureRate: 0.5,
  openForMs: 86_400_000,
})
for (let call = 0; call < 10; call += 1) {
  await breaker.outcome(() => {
    throw new Error('down')
  })
}
if (breaker.state !== 'open')
  throw new Error(`cannot measure refusals: state must be open, got ${breaker.state}`)

let operationsRun = 0
const operation = async () => {
  operationsRun += 1
  return 42
}

/** @type {import('../runner/time-cases.mjs').Case} */
export const watertightRefusal = {
  name: 'watertight refusal',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await breaker.outcome(operation)
  },
  close: () => {
    if (operationsRun > 0) throw new Error(`cannot measure refusals: ${operationsRun} calls were let through`)
  },
}
