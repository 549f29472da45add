/** Buckets of start times in one `overMs`: a hung call is noticed at an age between 100% and 113% of it. */
const parts = 8
/** A power of two above `parts`, so that the place in the ring is the low bits of the index. */
const ringSize = 16
/** Indexes are remembered modulo this; a call would have to hang for days to meet its own number again. */
const indexes = 2 ** 32
/** Marks of a former tracker are told apart by its generation, from 1 to this. */
export const generations = 15

/**
 * Calls in flight, grouped by start time, so that those which have been running longer than `overMs` are
 * known without a list of them: O(1) memory, O(1) amortised time.
 *
 * A call is known by its mark, a positive integer below 2^36 that holds the bucket it started in.
 */
export class InFlight {
  /** Calls that have been running longer than `overMs` and still are. */
  overdue = 0
  readonly #generation: number
  readonly #bucketMs: number
  #young: Uint32Array | undefined = undefined
  #newest = 0

  constructor(overMs: number, generation: number) {
    this.#bucketMs = overMs / parts
    this.#generation = generation
  }

  /** The mark of a call that starts now. */
  start(now: number): number {
    this.#reach(now)
    const young = (this.#young ??= new Uint32Array(ringSize))
    const index = this.#newest >>> 0
    young[index % ringSize] = (young[index % ringSize] as number) + 1
    return this.#generation * indexes + index
  }

  /** Ends the call of a mark; `true` when it had become overdue. A mark of another generation is not known here. */
  finish(mark: number, now: number): boolean {
    if (Math.floor(mark / indexes) !== this.#generation) return false
    this.#reach(now)
    const index = mark % indexes
    const age = ((this.#newest >>> 0) - index) >>> 0
    if (age > parts) {
      if (this.overdue > 0) this.overdue--
      return true
    }
    const young = this.#young as Uint32Array
    const count = young[index % ringSize] as number
    if (count > 0) young[index % ringSize] = count - 1
    return false
  }

  /**
   * Lets time pass, up to the next moment at which calls become overdue, and answers that; undefined once `now` is
   * reached. So that what follows from it does not depend on when somebody looks.
   */
  advance(now: number): number | undefined {
    const index = Math.floor(now / this.#bucketMs)
    const young = this.#young
    // A bucket is due once its youngest call is, `parts` buckets after its own end.
    const steps = young === undefined ? 0 : Math.min(index - this.#newest, parts + 1)
    for (let step = 0; step < steps; step++) {
      this.#newest++
      const place = (this.#newest - parts - 1 + ringSize) % ringSize
      const due = young![place] as number
      if (due === 0) continue
      young![place] = 0
      this.overdue += due
      return this.#newest * this.#bucketMs
    }
    this.#newest = Math.max(this.#newest, index)
    return undefined
  }

  /** Forgets every call, as a new epoch does. */
  clear(now: number): void {
    this.#young?.fill(0)
    this.overdue = 0
    this.#newest = Math.max(this.#newest, Math.floor(now / this.#bucketMs))
  }

  #reach(now: number): void {
    while (this.advance(now) !== undefined);
  }
}
