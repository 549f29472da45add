import type { Random } from '@watertight/policy/decisions'
import { OptionError } from '@watertight/policy'
import { checkKnown, checkNumber, quote } from '../options/option-checks.js'

/**
 * How long answers take, in milliseconds: a number for always the same, or one of
 *
 * - `{ uniformMs: [10, 50] }`: anything between, equally likely
 * - `{ exponentialMs: 20, maxMs: 500 }`: 20 on average, most of them short, a few long; `maxMs` is 20 times the mean
 *   by default
 * - `{ percentilesMs: { 50: 10, 95: 40, 99: 300 } }`: what a dashboard shows, straight lines between its points; from 0
 *   below the first, and never more than the last
 */
export type Latency =
  | number
  | { readonly uniformMs: readonly [minMs: number, maxMs: number] }
  | { readonly exponentialMs: number; readonly maxMs?: number }
  | { readonly percentilesMs: Readonly<Record<number, number>> }

/** Draws one latency after the other. */
export type DrawLatency = (random: Random) => number

const LONGEST_MS = 3_600_000

/** @throws {OptionError} when the latency is not one of the forms, or out of its range */
export function latencySource(latency: Latency): DrawLatency {
  const subject = 'flaky upstream'
  if (typeof latency === 'number') {
    checkNumber(subject, 'latency', latency, { min: 0, max: LONGEST_MS })
    return () => latency
  }
  if ('uniformMs' in latency) {
    checkKnown(subject, latency, ['uniformMs'])
    const [minMs, maxMs] = latency.uniformMs
    checkNumber(subject, 'latency.uniformMs[0]', minMs, { min: 0, max: LONGEST_MS })
    checkNumber(subject, 'latency.uniformMs[1]', maxMs, { min: minMs, max: LONGEST_MS })
    return (random) => minMs + random() * (maxMs - minMs)
  }
  if ('exponentialMs' in latency) {
    checkKnown(subject, latency, ['exponentialMs', 'maxMs'])
    const { exponentialMs: meanMs, maxMs = 20 * meanMs } = latency
    checkNumber(subject, 'latency.exponentialMs', meanMs, { min: 0, max: LONGEST_MS })
    checkNumber(subject, 'latency.maxMs', maxMs, { min: 0, max: LONGEST_MS })
    return (random) => Math.min(maxMs, -Math.log(1 - random()) * meanMs)
  }
  return percentileSource(latency.percentilesMs)
}

function percentileSource(table: Readonly<Record<number, number>>): DrawLatency {
  const points = Object.entries(table)
    .map(([percentile, ms]) => ({ share: Number(percentile) / 100, ms }))
    .toSorted((a, b) => a.share - b.share)
  let previous = { share: 0, ms: 0 }
  if (points.length === 0) {
    throw new OptionError(
      'cannot create flaky upstream: latency.percentilesMs must name a percentile, got none',
      'latency',
    )
  }
  for (const point of points) {
    const fits =
      point.share > previous.share && point.share <= 1 && point.ms >= previous.ms && point.ms <= LONGEST_MS
    if (!fits) {
      throw new OptionError(
        `cannot create flaky upstream: latency.percentilesMs must rise from percentile to percentile, got ${quote(point.ms)} at ${point.share * 100}`,
        'latency',
      )
    }
    previous = point
  }
  return (random) => interpolate(points, random())
}

function interpolate(points: readonly { share: number; ms: number }[], drawn: number): number {
  let below = { share: 0, ms: 0 }
  for (const point of points) {
    if (drawn <= point.share) {
      const within = (drawn - below.share) / (point.share - below.share)
      return below.ms + within * (point.ms - below.ms)
    }
    below = point
  }
  return below.ms
}
