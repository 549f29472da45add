import type { Clock } from './clock.js'
import { systemRandom, type Random } from './random.js'
import { systemClock } from './system-clock.js'

/** The time and the chance that an engine and its policies go by. */
export interface Runtime {
  clock: Clock
  random: Random
}

/**
 * What policies go by that nobody has given to an engine. One for the whole process, not one for each policy:
 * policies are module constants in the code that uses them, and a test must be able to steer their time without
 * changing that code.
 */
export const runtime: Runtime = { clock: systemClock, random: systemRandom }

/** The chance that is in force when it is asked. */
export const ambientRandom: Random = () => runtime.random()

/** Puts another clock or randomness in place and returns the function that restores the former ones. */
export function replaceRuntime(replacement: Partial<Runtime>): () => void {
  const former = { ...runtime }
  Object.assign(runtime, replacement)
  return () => {
    Object.assign(runtime, former)
  }
}
