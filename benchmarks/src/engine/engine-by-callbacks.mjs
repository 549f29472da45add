// Claim: driven by callbacks the six policies cost at most three bare calls, and at most 400 ns.
import { systemClock } from '../../../packages/policy/dist/decisions.js'
import { Engine } from '../../../packages/policy/dist/engine/index.js'
import { sixPolicies } from '../policy/watertight-pipeline.mjs'

/** A call as a proxy has it: it keeps its attempt until the socket has answered. */
class Exchange {
  attempt = undefined
  outcome = undefined

  start(attempt) {
    this.attempt = attempt
  }

  stop() {}

  ended(outcome) {
    this.outcome = outcome
  }
}

const engine = new Engine(sixPolicies(), { clock: systemClock, random: Math.random })

/** @type {import('../runner/time-cases.mjs').Case} */
export const engineByCallbacks = {
  name: 'engine by callbacks',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) {
      const exchange = new Exchange()
      engine.start(exchange)
      exchange.attempt.succeed(42)
      if (exchange.outcome?.ok !== true) throw new Error('cannot measure the engine: a call did not succeed')
    }
  },
}
