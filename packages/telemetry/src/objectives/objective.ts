import { OptionError } from '@watertight/policy'

/** What a service must meet, as the manifest says it. At least one of the two. */
export interface ObjectiveTargets {
  /** The share of requests that must succeed, above 0 and below 1: 0.999. */
  readonly availability?: number | undefined
  /** 99 of 100 requests must be answered within this time. */
  readonly latency?: { readonly p99Ms: number } | undefined
  /** Over which time, in milliseconds, at least an hour. Default 30 days. */
  readonly windowMs?: number | undefined
}

export type ObjectiveName = 'availability' | 'latency'

/** One thing to meet: a share of good events over a window. */
export interface Objective {
  readonly name: ObjectiveName
  /** The share that must be good. */
  readonly target: number
  /** The share that may be bad: the error budget. */
  readonly allowed: number
  readonly windowMs: number
  /** For latency: what is slower is not good. `Infinity` otherwise. */
  readonly limitMs: number
}

export const MINUTE_MS = 60_000
export const HOUR_MS: number = 60 * MINUTE_MS
export const DAY_MS: number = 24 * HOUR_MS

/**
 * The single objectives that targets amount to.
 *
 * @throws {OptionError} when there is none, or one is out of its range
 */
export function objectivesOf({
  availability,
  latency,
  windowMs = 30 * DAY_MS,
}: ObjectiveTargets): Objective[] {
  check(windowMs >= HOUR_MS && Number.isFinite(windowMs), 'windowMs', 'milliseconds >= 3600000', windowMs)
  const objectives: Objective[] = []
  if (availability !== undefined) {
    check(availability > 0 && availability < 1, 'availability', 'above 0 and below 1', availability)
    const allowed = rounded(1 - availability)
    objectives.push({ name: 'availability', target: availability, allowed, windowMs, limitMs: Infinity })
  }
  if (latency !== undefined) {
    const { p99Ms } = latency
    check(p99Ms > 0 && Number.isFinite(p99Ms), 'latency.p99Ms', 'a finite number > 0', p99Ms)
    objectives.push({ name: 'latency', target: 0.99, allowed: 0.01, windowMs, limitMs: p99Ms })
  }
  check(objectives.length > 0, 'availability', 'given, or latency', undefined)
  return objectives
}

function check(holds: boolean, option: string, allowed: string, given: unknown): void {
  if (holds) return
  throw new OptionError(`cannot create objective: ${option} must be ${allowed}, got ${String(given)}`, option)
}

/** Drops the last binary digits, which would otherwise be read in alerts: 0.00030000000000000003. */
export function rounded(value: number): number {
  return Number(value.toPrecision(12))
}
