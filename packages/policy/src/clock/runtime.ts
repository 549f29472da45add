import type { Clock } from './clock.js'
import { systemRandom, type Random } from './random.js'
import { systemClock } from './system-clock.js'

/** The time and the randomness that all policies of this process read. */
export interface Runtime {
  clock: Clock
  random: Random
}

/**
 * One for the whole process, not one for each policy: policies are module constants in the code that uses
 * them, and a test must be able to steer their time without changing that code.
 */
export const runtime: Runtime = { clock: systemClock, random: systemRandom }

/** Puts another clock or randomness in place and returns the function that restores the former ones. */
export function replaceRuntime(replacement: Partial<Runtime>): () => void {
  const former = { ...runtime }
  Object.assign(runtime, replacement)
  return () => {
    Object.assign(runtime, former)
  }
}
