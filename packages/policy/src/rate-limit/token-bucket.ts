import type { RateAlgorithm } from './rate-algorithm.js'

/**
 * Source: the generic cell rate algorithm (ITU-T I.371, annex A). It is the token bucket told as one number, the
 * time at which the bucket is full again, so nothing needs to be refilled. With a bucket of one it is the leaky
 * bucket as a meter, which spaces calls evenly. O(1), 8 bytes of state.
 */
export class TokenBucket implements RateAlgorithm {
  #fullAt: number = -Infinity
  #intervalMs: number = 0
  #toleranceMs: number = 0

  constructor(limit: number, perMs: number, burst: number) {
    this.reconfigure(limit, perMs, burst)
  }

  freeAt(now: number): number {
    return Math.max(now, this.#fullAt - this.#toleranceMs)
  }

  take(at: number): void {
    this.#fullAt = Math.max(at, this.#fullAt) + this.#intervalMs
  }

  save(now: number): readonly number[] {
    return this.#fullAt > now ? [this.#fullAt - now] : []
  }

  restore(saved: readonly number[], savedAt: number): void {
    this.#fullAt = saved[0] === undefined ? -Infinity : savedAt + saved[0]
  }

  /** What was taken before stays taken, at the new rate. */
  reconfigure(limit: number, perMs: number, burst: number): void {
    this.#intervalMs = perMs / limit
    this.#toleranceMs = (burst - 1) * this.#intervalMs
  }
}
