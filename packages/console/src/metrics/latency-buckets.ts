/** How many of a histogram fell into each bucket, by the bucket's upper bound in seconds; the last one is Infinity. */
export type LatencyBuckets = ReadonlyMap<number, number>

/** The counts of several histograms together. */
export function addedBuckets(all: readonly LatencyBuckets[]): LatencyBuckets {
  const sum = new Map<number, number>()
  for (const buckets of all)
    for (const [bound, count] of buckets) sum.set(bound, (sum.get(bound) ?? 0) + count)
  return sum
}

/** From counts that include those of smaller buckets, as pages have them. */
export function separateBuckets(cumulative: ReadonlyMap<number, number>): LatencyBuckets {
  let below = 0
  return new Map(
    [...cumulative]
      .sort(([a], [b]) => a - b)
      .map(([bound, count]) => {
        const own = Math.max(0, count - below)
        below = count
        return [bound, own]
      }),
  )
}

/**
 * The value that this share of all is below, in milliseconds, by a straight line within its bucket, as Prometheus'
 * `histogram_quantile` has it; null when there is nothing.
 */
export function quantileMs(buckets: LatencyBuckets, quantile: number): number | null {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const all = sorted.reduce((sum, [, count]) => sum + count, 0)
  if (all === 0) return null
  const rank = quantile * all
  let below = 0
  let lower = 0
  for (const [bound, count] of sorted) {
    if (below + count >= rank && count > 0) {
      // Beyond the last bound nothing is known but that it is beyond.
      if (bound === Infinity) return lower * 1_000
      return (lower + (bound - lower) * ((rank - below) / count)) * 1_000
    }
    below += count
    if (bound !== Infinity) lower = bound
  }
  return lower * 1_000
}
