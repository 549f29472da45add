import { OptionError } from '@watertight/policy'

/**
 * Upper bounds in seconds, for calls between services: the ones that OpenTelemetry advises for HTTP durations, and three
 * below them, for a call within a data centre often takes less than their first 5 ms.
 */
export const LATENCY_BUCKETS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

const BUCKETS_MAX = 100

/**
 * Bounds as a histogram keeps them, `+Inf` not among them.
 *
 * @throws {OptionError} when they are none, too many, not finite or not ascending
 */
export function checkBuckets(bounds: readonly number[]): Float64Array {
  const isAscending = bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? 0))
  const isFinite = bounds.every((bound) => Number.isFinite(bound))
  if (bounds.length === 0 || bounds.length > BUCKETS_MAX || !isAscending || !isFinite) {
    const given = bounds.length > BUCKETS_MAX ? `${bounds.length} numbers` : `[${bounds.join(', ')}]`
    throw new OptionError(
      `cannot create histogram: buckets must be 1 to ${BUCKETS_MAX} finite numbers in ascending order, got ${given}`,
      'buckets',
    )
  }
  return Float64Array.from(bounds)
}

/** The same bounds with one more, so that a limit which matters lies on a bound instead of between two. */
export function bucketsWith(bounds: readonly number[], ...more: readonly number[]): readonly number[] {
  return [...new Set([...bounds, ...more])].sort((left, right) => left - right)
}
