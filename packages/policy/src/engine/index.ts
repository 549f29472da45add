/**
 * The policies without promises, for drivers of your own: a proxy, a simulator, another protocol.
 *
 * An engine takes the same policies as code does, starts an operation through a port and is called back. It goes by
 * the clock and the chance that it is given.
 */
export type { Clock, Timer } from '../clock/clock.js'
export type { Random } from '../clock/random.js'
export type { Runtime } from '../clock/runtime.js'
export type { CallTraits } from './call-state.js'
export type { EngineCall } from './engine.js'
export { Engine } from './engine.js'
export type { Attempt, Operation } from './operation.js'
export { Pending } from './operation.js'
export type { Failure, Outcome, Success } from '../outcome/outcome.js'
