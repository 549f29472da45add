/** Four buckets to each doubling: a quantile is right to within a fifth, its bucket's width. */
const PER_DOUBLING = 4
const LOWEST_MS = 0.1
/** Nearly twenty doublings from 0.1 ms: up to about 88 seconds, and whatever is longer in the last bucket. */
const BUCKETS = 20 * PER_DOUBLING
/** Once this many are counted all counts are halved, so that the last few hundred calls weigh most. */
const COUNT_MAX = 1_024

/**
 * How long recent calls took, in buckets of geometrically growing width.
 *
 * Rather than the P² algorithm (Jain and Chlamtac 1985), whose markers assume that latency never changes its
 * distribution: halving forgets. Recording is O(1) amortised, a quantile O(80); 160 bytes.
 */
export class LatencyHistogram {
  readonly #counts: Uint16Array = new Uint16Array(BUCKETS)
  #total: number = 0

  /** How many calls are counted now. */
  get total(): number {
    return this.#total
  }

  record(durationMs: number): void {
    const position = Math.ceil(Math.log2(durationMs / LOWEST_MS) * PER_DOUBLING)
    // Zero durations (log of 0) belong into the first bucket; what is not a number says nothing.
    if (Number.isNaN(position)) return
    const bucket = Math.max(0, Math.min(BUCKETS - 1, position))
    this.#counts[bucket] = this.#counts[bucket]! + 1
    this.#total += 1
    if (this.#total >= COUNT_MAX) this.#halve()
  }

  /** The upper end of the bucket that holds the given quantile; 0 when nothing is counted. */
  quantile(quantile: number): number {
    let left = quantile * this.#total
    if (this.#total === 0) return 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!
      if (left <= 0 && this.#counts[bucket]! > 0) return upperEnd(bucket)
    }
    return upperEnd(BUCKETS - 1)
  }

  #halve(): void {
    this.#total = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#counts[bucket] = this.#counts[bucket]! >> 1
      this.#total += this.#counts[bucket]!
    }
  }
}

function upperEnd(bucket: number): number {
  return LOWEST_MS * 2 ** (bucket / PER_DOUBLING)
}
