import { runtime } from '../clock/runtime.js'
import type { CallOptions, Operation } from '../operation/operation.js'
import type { Run } from '../operation/run.js'
import { verdictOf, type FailurePredicates } from '../outcome/classify.js'
import { FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { refusalError, RefusalError, type Refusal } from '../outcome/refusal.js'
import type { Verdict } from '../outcome/verdict.js'

/** The clock has not been read since the call last went on. */
export const UNREAD = -1

const NO_OPTIONS: CallOptions = Object.freeze({})

/** What the steps of a pipeline read and change of a call: what was asked for, how it stands, and the time. */
export abstract class CallState {
  operation: Operation<unknown> = nothing
  options: CallOptions = NO_OPTIONS
  /** Which try this is, from 1. */
  attempt: number = 1
  /** When the innermost limit in force passes. */
  deadline: number = Infinity
  kind: Kind = SUCCEEDED
  /** The result, the error, or the `Refusal`, as `kind` says. */
  value: unknown = undefined
  /** The value came from elsewhere than the operation. */
  fallback: boolean = false
  /** Runs that this call stopped waiting for, in order; they may still be under way. */
  abandoned: Run[] | undefined = undefined
  protected time: number = UNREAD
  #lastRead: number = UNREAD

  /** The failure as an error: a refusal becomes one when it is first looked at. */
  get error(): unknown {
    if (this.kind === REFUSED && !(this.value instanceof RefusalError)) {
      this.value = refusalError(this.value as Refusal)
    }
    return this.value
  }

  /** The time at which the call last went on: the clock is read once for all steps that ask. */
  now(): number {
    if (this.time === UNREAD) {
      this.time = runtime.clock.now()
      this.#lastRead = this.time
    }
    return this.time
  }

  /** The time at which the clock was last read for this call: for those who can do with an earlier time. */
  lastNow(): number {
    return this.#lastRead === UNREAD ? this.now() : this.#lastRead
  }

  succeed(value: unknown): void {
    this.kind = SUCCEEDED
    this.value = value
  }

  fail(error: unknown): void {
    this.kind = FAILED
    this.value = error
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
      this.fail(error)
      return 'failure'
    }
  }

  protected start(operation: Operation<unknown>, options: CallOptions | undefined): void {
    this.operation = operation
    if (options !== undefined) this.options = options
    this.time = UNREAD
    this.#lastRead = UNREAD
  }

  /** Lets go of everything that belonged to the call. */
  protected clear(): void {
    this.operation = nothing
    this.options = NO_OPTIONS
    this.value = undefined
    this.abandoned = undefined
    this.attempt = 1
    this.deadline = Infinity
    this.fallback = false
  }
}

function nothing(): void {}
