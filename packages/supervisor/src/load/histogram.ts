/** Each bucket is this much wider than the one before: what is read back is within 2.5% of what was recorded. */
const GROWTH = 1.05
const LOG_GROWTH = Math.log(GROWTH)
const LOWEST_MS = 0.1
/** Reaches to LOWEST_MS * GROWTH^300, some 60 hours. */
const BUCKETS = 300

/** Durations counted in buckets that grow geometrically: fixed memory, however many are recorded. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS)
  #total = 0

  get total(): number {
    return this.#total
  }

  record(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, LOWEST_MS) / LOWEST_MS) / LOG_GROWTH)
    const index = Math.min(BUCKETS - 1, bucket)
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#total += 1
  }

  add(other: Histogram): void {
    for (const [index, count] of other.#counts.entries())
      this.#counts[index] = (this.#counts[index] ?? 0) + count
    this.#total += other.#total
  }

  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
  }

  /** The duration in milliseconds that a share (0..1) of those recorded did not exceed; 0 when there are none. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#total))
    let seen = 0
    for (const [index, count] of this.#counts.entries()) {
      seen += count
      if (seen >= rank && this.#total > 0) return LOWEST_MS * GROWTH ** (index + 0.5)
    }
    return 0
  }
}
