import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics'
import { countsSince, type ExponentialCounts } from '../metrics/exponential-buckets.js'
import type { HistogramSeries } from '../metrics/histogram.js'

/** A histogram at one moment. */
export interface HistogramCounts {
  readonly sum: number
  readonly buckets: readonly number[]
  readonly exponential: ExponentialCounts | undefined
}

export function readHistogram(series: HistogramSeries, bounds: Float64Array): HistogramCounts {
  return {
    sum: series.sum,
    buckets: Array.from({ length: bounds.length + 1 }, (_, bucket) => series.bucketCount(bucket)),
    exponential: series.exponentialCounts(),
  }
}

/** What has come since `before`. */
export function histogramSince(now: HistogramCounts, before: HistogramCounts | undefined): HistogramCounts {
  if (before === undefined) return now
  const { exponential } = now
  return {
    sum: now.sum - before.sum,
    buckets: now.buckets.map((count, bucket) => count - (before.buckets[bucket] ?? 0)),
    exponential:
      exponential === undefined || before.exponential === undefined
        ? exponential
        : countsSince(exponential, before.exponential),
  }
}

/** Undefined for what is told in exponential buckets. */
export function classicValue(
  { sum, buckets, exponential }: HistogramCounts,
  bounds: Float64Array,
): Histogram | undefined {
  if (exponential !== undefined) return undefined
  return { buckets: { boundaries: [...bounds], counts: [...buckets] }, sum, count: total(buckets) }
}

export function exponentialValue({
  sum,
  buckets,
  exponential,
}: HistogramCounts): ExponentialHistogram | undefined {
  if (exponential === undefined) return undefined
  const { scale, zeroCount, offset, counts } = exponential
  return {
    count: total(buckets),
    sum,
    scale,
    zeroCount,
    positive: { offset, bucketCounts: [...counts] },
    negative: { offset: 0, bucketCounts: [] },
  }
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
