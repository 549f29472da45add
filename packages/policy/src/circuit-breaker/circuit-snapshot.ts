import { checkOptions, refusedOption } from '../options/check-options.js'
import { atLeast, integer, milliseconds, oneOf, record, required } from '../options/rules.js'
import { type CircuitState, circuitStates } from './circuit-states.js'
import { bucketCount } from './time-window.js'
import type { WindowSnapshot } from './window-snapshot.js'

/**
 * The state of a circuit as plain JSON data, for a restart or the next serverless instance. Calls in flight
 * are not part of it: they belong to the process that made them.
 */
export interface CircuitSnapshot {
  readonly version: 1
  readonly state: CircuitState
  /** Wall clock, in milliseconds since 1970, when the snapshot was taken. */
  readonly takenAtWallMs: number
  /** Milliseconds that were left of state open; 0 in every other state. */
  readonly openRemainingMs: number
  /** How many times in a row the circuit opened without having closed. */
  readonly openings: number
  readonly window: WindowSnapshot
}

const policy = 'circuit breaker from snapshot'

const rules = {
  version: required({ allowed: '1', accepts: (value: unknown) => value === 1 }),
  state: required(oneOf(...circuitStates)),
  takenAtWallMs: required(atLeast(0)),
  openRemainingMs: required(milliseconds()),
  openings: required(integer(0)),
  window: required(record),
}

/**
 * Checks data that came from outside to be a snapshot.
 *
 * @throws {OptionError} that names the first field of a wrong shape
 */
export function checkSnapshot(snapshot: CircuitSnapshot): void {
  checkOptions(policy, snapshot, rules)
  const window = snapshot.window
  if (window.kind === 'count' && typeof window.recent === 'string' && /^[0-3]*$/.test(window.recent)) return
  if (window.kind === 'time' && isBuckets(window.buckets)) return
  // What 0.1.0 stored of `consecutiveFailures`: no window loads it, and the state beside it is good.
  if ((window.kind as string) === 'consecutive') return
  throw refusedOption(policy, 'window', 'as snapshot() gave it', window)
}

function isBuckets(buckets: unknown): boolean {
  return Array.isArray(buckets) && buckets.length <= bucketCount && buckets.every(isBucket)
}

function isBucket(bucket: unknown): boolean {
  if (!Array.isArray(bucket) || bucket.length !== 4) return false
  const [age, ...counts] = bucket as number[]
  // None of what happened can be more than the calls to which it did.
  return milliseconds().accepts(age) && counts.every(integer(0, Math.min(counts[0]!, 2 ** 32 - 1)).accepts)
}
