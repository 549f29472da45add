/**
 * How randomness spreads the delays of clients that failed together, `ceiling` being the exponential delay:
 *
 * - `full`: anywhere from 0 to the ceiling; the least work for the server
 * - `equal`: half the ceiling, plus anywhere from 0 to the other half
 * - `decorrelated`: anywhere from `initialMs` to three times the previous delay, up to `maxMs`
 * - `none`: the ceiling itself
 */
export const jitterNames = ['full', 'equal', 'decorrelated', 'none'] as const

/** One of `jitterNames`, which tells what each means. */
export type Jitter = (typeof jitterNames)[number]
