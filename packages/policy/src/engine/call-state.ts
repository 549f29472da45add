import type { Clock } from '../clock/clock.js'
import { verdictOf, type FailurePredicates } from '../outcome/failure-predicates.js'
import { discard } from '../outcome/discard.js'
import { FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { refusalError, type Refusal } from '../outcome/refusal.js'
import type { Verdict } from '../outcome/verdict.js'
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
  operation: unknown = undefined
  options: CallTraits = NO_OPTIONS
  /** Which try this is, from 1. */
  attempt: number = 1
  /** When the innermost limit in force passes. */
  deadline: number = Infinity
  kind: Kind = SUCCEEDED
  /** The result, the error, or the `Refusal` (which its error is too), as `kind` says. */
  value: unknown = undefined
  /** The value came from elsewhere than the operation. */
  fallback: boolean = false
  /** Runs that this call stopped waiting for, in order; they may still be under way. */
  abandoned: Run[] | undefined = undefined
  /** When the clock was last read for this call, and whether that was since the call last went on. */
  private time: number = -Infinity
  private isTimely: boolean = false

  /** The clock that the call goes by. */
  abstract get clock(): Clock

  /** The failure as an error: a refusal becomes one when it is first looked at. */
  get error(): unknown {
    if (this.kind === REFUSED) this.value = refusalError(this.value as Refusal)
    return this.value
  }

  /** The time at which the call last went on: the clock is read once for all steps that ask. */
  now(): number {
    if (!this.isTimely) {
      this.time = this.clock.now()
      this.isTimely = true
    }
    return this.time
  }

  /** The time at which the clock was last read: for those who have asked for it before, and need no later one. */
  get lastNow(): number {
    return this.time
  }

  /** Time has passed since the call last went on. */
  goOn(): void {
    this.isTimely = false
  }

  succeed(value: unknown): void {
    this.kind = SUCCEEDED
    this.value = value
    this.fallback = false
  }

  fail(error: unknown): void {
    this.kind = FAILED
    this.value = error
  }

  /** Fails the call with what a callback of the user's threw; a result that it had is not wanted any more. */
  failInstead(error: unknown): void {
    if (this.kind === SUCCEEDED) discard(this.value)
    this.fail(error)
  }

  refuse(refusal: Refusal): void {
    this.kind = REFUSED
    this.value = refusal
  }

  /** How the call counts for a step with these predicates; one that throws fails the call with what it threw. */
  judge(predicates: FailurePredicates): Verdict {
    try {
      return verdictOf(this.kind, this.value, predicates)
    } catch (error) {
      this.failInstead(error)
      return 'failure'
    }
  }

  /** Lets go of everything that belonged to the call. */
  protected clear(): void {
    this.operation = undefined
    this.options = NO_OPTIONS
    this.value = undefined
    this.abandoned = undefined
    this.attempt = 1
    this.deadline = Infinity
    this.fallback = false
    this.isTimely = false
  }
}
