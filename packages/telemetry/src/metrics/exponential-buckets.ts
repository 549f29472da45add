/** As many as SDKs of OpenTelemetry keep: where values differ by a factor of up to 1000, each is 9% wide at most. */
const BUCKETS_MAX = 160
const SCALE_MAX = 20

/** Buckets as they stand: the first one that is counted, and from there on how many values each holds. */
export interface ExponentialCounts {
  readonly scale: number
  readonly zeroCount: number
  readonly offset: number
  readonly counts: readonly number[]
}

/**
 * Counts values from 0 up in buckets whose bounds are powers of one base, 2^(2^-scale): as fine as 160 buckets allow for
 * what has come, without anybody choosing bounds (the exponential histogram of OpenTelemetry's data model, a native
 * histogram in Prometheus). When a value does not fit, neighbours are merged and the scale falls.
 *
 * O(1) for a value, and nothing allocated unless the scale falls, which happens a dozen times and then hardly ever.
 */
export class ExponentialBuckets {
  private scale: number = SCALE_MAX
  private zeroCount: number = 0
  private low: number = 0
  private high: number = -1
  /** A ring: bucket `index` is kept at `index` modulo its size, so that growing at either end moves nothing. */
  private counts: Float64Array = new Float64Array(BUCKETS_MAX)

  record(value: number): void {
    if (value === 0) this.zeroCount += 1
    else this.add(this.indexOf(value))
  }

  read(): ExponentialCounts {
    const counts: number[] = []
    for (let index = this.low; index <= this.high; index += 1) counts.push(this.counts[slotOf(index)]!)
    return { scale: this.scale, zeroCount: this.zeroCount, offset: this.low, counts }
  }

  private add(index: number): void {
    if (this.high < this.low) {
      this.low = index
      this.high = index
    } else {
      const shift = shiftFor(Math.min(this.low, index), Math.max(this.high, index))
      if (shift > 0) {
        this.coarsen(shift)
        return this.add(index >> shift)
      }
      if (index < this.low) this.low = index
      else if (index > this.high) this.high = index
    }
    this.counts[slotOf(index)]! += 1
  }

  /** Bounds are inclusive above: bucket `index` holds what is above `base ** index` and at most `base ** (index + 1)`. */
  private indexOf(value: number): number {
    return Math.ceil(Math.log2(value) * 2 ** this.scale) - 1
  }

  private coarsen(shift: number): void {
    const merged = new Float64Array(BUCKETS_MAX)
    for (let index = this.low; index <= this.high; index += 1)
      merged[slotOf(index >> shift)]! += this.counts[slotOf(index)]!
    this.counts = merged
    this.low >>= shift
    this.high >>= shift
    this.scale -= shift
  }
}

/** How often neighbours have to be merged until all from `low` to `high` find room. */
function shiftFor(low: number, high: number): number {
  let shift = 0
  while ((high >> shift) - (low >> shift) >= BUCKETS_MAX) shift += 1
  return shift
}

function slotOf(index: number): number {
  const slot = index % BUCKETS_MAX
  return slot < 0 ? slot + BUCKETS_MAX : slot
}

/** What has come since: the buckets of now, less those of then, which may be finer. */
export function countsSince(now: ExponentialCounts, before: ExponentialCounts): ExponentialCounts {
  const counts = [...now.counts]
  const shift = before.scale - now.scale
  for (const [position, count] of before.counts.entries())
    counts[((before.offset + position) >> shift) - now.offset]! -= count
  return { ...now, counts, zeroCount: now.zeroCount - before.zeroCount }
}
