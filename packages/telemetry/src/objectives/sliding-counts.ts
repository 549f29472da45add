/** The oldest bucket goes as a whole, so a window is up to this share shorter than it says. */
const BUCKETS = 60

/** Events of the last `windowMs`, good and bad, in buckets of a sixtieth of it. O(1) in time and memory. */
export class SlidingCounts {
  readonly windowMs: number
  readonly #bucketMs: number
  readonly #totals: Float64Array = new Float64Array(BUCKETS)
  readonly #bads: Float64Array = new Float64Array(BUCKETS)
  #total: number = 0
  #bad: number = 0
  /** Number of the newest bucket since time 0. */
  #newest: number = -Infinity

  constructor(windowMs: number) {
    this.windowMs = windowMs
    this.#bucketMs = windowMs / BUCKETS
  }

  /** What is older than the newest bucket counts as of that one. */
  add(now: number, total: number, bad: number): void {
    this.advance(now)
    const slot = slotOf(this.#newest)
    this.#totals[slot]! += total
    this.#bads[slot]! += bad
    this.#total += total
    this.#bad += bad
  }

  /** Forgets what is too old by now. */
  advance(now: number): void {
    const bucket = Math.floor(now / this.#bucketMs)
    if (bucket <= this.#newest) return
    const first = Math.max(this.#newest + 1, bucket - BUCKETS + 1)
    for (let number = first; number <= bucket; number++) this.#clear(slotOf(number))
    this.#newest = bucket
  }

  get total(): number {
    return this.#total
  }

  get bad(): number {
    return this.#bad
  }

  #clear(slot: number): void {
    this.#total -= this.#totals[slot]!
    this.#bad -= this.#bads[slot]!
    this.#totals[slot] = 0
    this.#bads[slot] = 0
  }
}

function slotOf(bucket: number): number {
  return ((bucket % BUCKETS) + BUCKETS) % BUCKETS
}
