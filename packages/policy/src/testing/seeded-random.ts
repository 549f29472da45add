import type { Random } from '../clock/random.js'
import { OptionError } from '../options/option-error.js'

/** Randomness that is the same again for the same seed. */
export interface SeededRandom extends Random {
  /** Print it when a test fails: it replays the test. */
  readonly seed: number
}

/**
 * A generator of reproducible randomness, uniform in [0, 1), for tests of jitter and of hedged or sampled calls.
 *
 * The algorithm is mulberry32 by Tommy Ettinger (public domain): 32 bits of state, a period of 2^32, O(1). Good
 * enough to spread retries in a test, never for secrets.
 *
 * @throws {OptionError} when the seed is not an integer from 0 to 2^32-1
 * @example
 * const random = seededRandom(42)
 * const same = seededRandom(random.seed)
 * console.log(random() === same())
 */
export function seededRandom(seed: number): SeededRandom {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new OptionError(
      `cannot create seeded random: seed must be an integer from 0 to 4294967295, got ${seed}`,
      'seed',
    )
  }
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  return Object.assign(next, { seed })
}
