// Claim: a million calls through the six policies take less than a second on one core in virtual time.
import { Engine } from '../../../packages/policy/dist/engine/index.js'
import { seededRandom, virtualClock } from '../../../packages/policy/dist/testing/index.js'
import { sixPolicies } from '../policy/watertight-pipeline.mjs'

const arrivalMs = 1
const serviceMs = 5
const callsPerFailure = 200

/** A call of the simulation: each try takes its time, and some fail. */
class SimulatedCall {
  constructor(simulation, number) {
    this.simulation = simulation
    this.number = number
  }

  start(attempt) {
    const fails = this.number % callsPerFailure === 0 && attempt.number === 1
    this.simulation.clock.setTimer(serviceMs, () => (fails ? attempt.fail(failure) : attempt.succeed(42)))
  }

  stop() {}

  ended(outcome) {
    this.simulation.over += 1
    if (outcome.ok) this.simulation.succeeded += 1
  }
}
const failure = new Error('down')

/**
 * Runs that many calls to their ends.
 * @param {number} calls
 * @returns {{ over: number, succeeded: number }}
 */
export function simulate(calls) {
  const clock = virtualClock({ timersMax: Infinity })
  const engine = new Engine(sixPolicies(), { clock, random: seededRandom(1) })
  const simulation = { clock, over: 0, succeeded: 0 }
  let started = 0
  const arrive = () => {
    started += 1
    engine.start(new SimulatedCall(simulation, started))
    if (started < calls) clock.setTimer(arrivalMs, arrive)
  }
  clock.setTimer(arrivalMs, arrive)
  clock.runAllNow()
  return simulation
}

/** @type {import('../runner/time-cases.mjs').Case} */
export const virtualTime = {
  name: 'virtual time',
  loop: async (calls) => {
    const { over, succeeded } = simulate(calls)
    if (over !== calls || succeeded !== calls)
      throw new Error(`cannot measure virtual time: ${over} of ${calls} calls ended, ${succeeded} well`)
  },
}
