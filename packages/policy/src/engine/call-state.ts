import type { Clock } from '../clock/clock.js'
import { discard } from '../outcome/discard.js'
import { FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import type { Failure } from '../outcome/outcome.js'
import type { Run } from './run.js'
import type { Settled } from './settled.js'

/** What a caller may say about one call. */
export interface CallTraits {
  /** Tells identical calls (cache, coalescing) and partitions (tenant, host) apart. */
  readonly key?: string | undefined
  /** Whether a second try is harmless. Default `true`: who writes `retry` means it. */
  readonly idempotent?: boolean | undefined
  /** Higher is more important to queues and to load shedding. Default 0. */
  readonly priority?: number | undefined
}

export const NO_OPTIONS: CallTraits = Object.freeze({})

/** What the steps of a pipeline read and change of a call: what was asked for, how it stands, and the time. */
export abstract class CallState implements Settled {
  /** What is called; only the driver knows how. */
  operation: unknown
  options: CallTraits = NO_OPTIONS
  /** Which try this is, from 1. */
  attempt: number = 1
  /** When the innermost limit in force passes. */
  deadline: number = Infinity
  kind: Kind = SUCCEEDED
  /** The result, the error, or the outcome of a refusal, as `kind` says. */
  value: unknown
  /** The value came from elsewhere than the operation. */
  fallback: boolean = false
  /** Runs that this call stopped waiting for, in order; they may still be under way. */
  abandoned: Run[] | undefined
  /** When the clock was last read for this call: for those who have asked for `now` before, and need no later time. */
  lastNow: number = -Infinity
  /** Whether that was since the call last went on. */
  private isTimely: boolean = false

  /** The clock that the call goes by. */
  abstract get clock(): Clock

  /** The failure as an error: a refusal becomes one when it is first looked at. */
  get error(): unknown {
    return this.kind === REFUSED ? (this.value as Failure).error : this.value
  }

  /** The time at which the call last went on: the clock is read once for all steps that ask. */
  now(): number {
    if (!this.isTimely) {
      this.lastNow = this.clock.now()
      this.isTimely = true
    }
    return this.lastNow
  }

  /** Time has passed since the call last went on. */
  goOn(): void {
    this.isTimely = false
  }

  /** The part of the call that is over has ended so. */
  end(kind: Kind, value: unknown, fallback: boolean = false): void {
    this.kind = kind
    this.value = value
    this.fallback = fallback
  }

  /** Fails the call with what a callback of the user's threw; a result that it had is not wanted any more. */
  failInstead(error: unknown): void {
    if (this.kind === SUCCEEDED) discard(this.value)
    this.end(FAILED, error)
  }
}
