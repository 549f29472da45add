import type { RateAlgorithm } from './rate-algorithm.js'

const FIRST_CAPACITY = 16

/**
 * The exact sliding window: the moments of the last `limit` calls in a ring. A call is free as soon as the one
 * `limit` before it is `perMs` old.
 *
 * Exact rather than the usual two weighted counters, which let through more than the limit in some windows and
 * cannot tell a caller how long to wait. O(1) a call; 8 bytes for each call of the limit, allocated as needed.
 */
export class SlidingWindow implements RateAlgorithm {
  #times: Float64Array = NONE
  #oldest: number = 0
  #count: number = 0
  #limit: number
  #perMs: number

  constructor(limit: number, perMs: number) {
    this.#limit = limit
    this.#perMs = perMs
  }

  freeAt(now: number): number {
    return this.#count === this.#limit ? Math.max(now, this.#times[this.#oldest]! + this.#perMs) : now
  }

  take(at: number): void {
    if (this.#count === this.#limit) {
      this.#times[this.#oldest] = at
      this.#oldest = (this.#oldest + 1) % this.#limit
      return
    }
    // Until the limit is reached the ring has not turned: the oldest is the first.
    if (this.#count === this.#times.length) this.#grow()
    this.#times[this.#count] = at
    this.#count += 1
  }

  save(now: number): readonly number[] {
    return this.#inOrder()
      .filter((time) => time + this.#perMs > now)
      .map((time) => time - now)
  }

  restore(saved: readonly number[], savedAt: number): void {
    this.#refill(saved.map((time) => savedAt + time))
  }

  reconfigure(limit: number, perMs: number): void {
    const times = this.#inOrder()
    this.#limit = limit
    this.#perMs = perMs
    this.#refill(times)
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#limit, Math.max(FIRST_CAPACITY, this.#times.length * 2)))
    larger.set(this.#times)
    this.#times = larger
  }

  #inOrder(): number[] {
    return Array.from(
      { length: this.#count },
      (_, index) => this.#times[(this.#oldest + index) % this.#limit]!,
    )
  }

  #refill(times: readonly number[]): void {
    this.#times = NONE
    this.#oldest = 0
    this.#count = 0
    for (const time of times.slice(-this.#limit)) this.take(time)
  }
}

const NONE: Float64Array = new Float64Array(0)
