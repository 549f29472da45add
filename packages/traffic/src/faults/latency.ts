import {
  above,
  checkOptions,
  milliseconds,
  refusedOption,
  required,
  type Rule,
} from '@watertight/policy/options'
import type { Random } from '@watertight/policy/decisions'

/**
 * How long something takes, in milliseconds: a number for always the same, or one of
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
const uptoAnHour: Rule = {
  allowed: `a number of milliseconds from 0 to ${LONGEST_MS}`,
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= LONGEST_MS,
}

/**
 * @param subject what the latency is given to, for the message of an error
 * @throws {OptionError} when the latency is not one of the forms, or out of its range
 */
export function latencySource(latency: Latency, subject: string, option: string = 'latency'): DrawLatency {
  if (typeof latency !== 'object' || latency === null) {
    if (!uptoAnHour.accepts(latency)) throw refusedOption(subject, option, uptoAnHour.allowed, latency)
    return () => latency
  }
  const path = `${option}.`
  if ('uniformMs' in latency) {
    checkOptions(subject, latency, { uniformMs: ascendingPair }, path)
    const [minMs, maxMs] = latency.uniformMs
    return (random) => minMs + random() * (maxMs - minMs)
  }
  if ('exponentialMs' in latency) {
    checkOptions(subject, latency, { exponentialMs: required(above(0)), maxMs: milliseconds() }, path)
    const { exponentialMs: meanMs, maxMs = 20 * meanMs } = latency
    return (random) => Math.min(maxMs, -Math.log(1 - random()) * meanMs)
  }
  checkOptions(subject, latency, { percentilesMs: required(risingPoints) }, path)
  const points = pointsOf(latency.percentilesMs)
  return (random) => interpolate(points, random())
}

const ascendingPair: Rule = {
  allowed: 'two numbers of milliseconds, the smaller one first',
  accepts: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(uptoAnHour.accepts) && value[0] <= value[1],
}

const risingPoints: Rule = {
  allowed: 'milliseconds by percentile that rise from percentile to percentile, one at least',
  accepts: (value) => {
    if (typeof value !== 'object' || value === null) return false
    const points = [{ share: 0, ms: 0 }, ...pointsOf(value as Record<number, number>)]
    return (
      points.length > 1 &&
      points.every(({ share, ms }, index) => {
        if (index === 0) return true
        const before = points[index - 1]!
        return share > before.share && share <= 1 && ms >= before.ms && uptoAnHour.accepts(ms)
      })
    )
  },
}

interface Point {
  readonly share: number
  readonly ms: number
}

function pointsOf(table: Readonly<Record<number, number>>): Point[] {
  return Object.entries(table)
    .map(([percentile, ms]) => ({ share: Number(percentile) / 100, ms }))
    .toSorted((a, b) => a.share - b.share)
}

function interpolate(points: readonly Point[], drawn: number): number {
  let below: Point = { share: 0, ms: 0 }
  for (const point of points) {
    if (drawn <= point.share) {
      const within = (drawn - below.share) / (point.share - below.share)
      return below.ms + within * (point.ms - below.ms)
    }
    below = point
  }
  return below.ms
}
