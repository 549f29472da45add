/** A source of randomness: uniform in [0, 1). */
export type Random = () => number

/** The platform's generator: jitter needs spread, not secrecy. */
export const systemRandom: Random = () => Math.random()
