import { discard } from '../outcome/discard.js'
import { Context } from './context.js'
import type { Operation } from './operation.js'
import { isThenable } from './thenable.js'

/** Who started a run and hears how it ended, unless it stops waiting first. */
export interface RunOwner {
  readonly deadline: number
  /** Whether the owner takes what `following` settles with as the end of its call; see `Run.following`. */
  readonly direct: boolean
  /** What these return or throw settles `following`. */
  fulfilled(value: unknown): unknown
  rejected(error: unknown): unknown
}

/** Told once a run has really ended, however long after its owner stopped waiting. */
export interface RunEnd {
  runEnded(): void
}

/**
 * One execution of an operation, from its start until it has really ended: a timed-out operation that does not
 * heed its signal outlives the call that it belonged to.
 *
 * Runs are reused, because the two callbacks that a promise needs are the dearest part of a call. It is safe:
 * a native promise calls exactly one of them, once, and only that ends a run.
 */
export class Run {
  #owner: RunOwner | undefined = undefined
  #context: Context | undefined = undefined
  #ends: RunEnd[] | undefined = undefined
  ended: boolean = true
  /**
   * For a direct owner, settles with what the owner made of the operation's end. It saves a promise of the
   * owner's own, with its two functions, where nothing can end the call before its operation.
   */
  following: Promise<unknown> | undefined = undefined
  /** An abandoned run may still be watched by those who wait for its end, so it is never reused. */
  #abandoned: boolean = false

  /** When the innermost time limit of its call passes; see `OperationContext.deadline`. */
  get deadline(): number {
    return this.#owner === undefined ? -Infinity : this.#owner.deadline
  }

  /** Calls the operation. Whatever is thrown synchronously passes through, with the run ended. */
  start(owner: RunOwner, operation: Operation<unknown>, attempt: number): unknown {
    this.#owner = owner
    this.ended = false
    const context = new Context(this, attempt)
    this.#context = context
    try {
      const result = operation(context)
      if (!isThenable(result)) {
        this.#end()
        return result
      }
      // A native promise comes back from `resolve` as it is; a foreign thenable is wrapped, so that it cannot
      // call both callbacks.
      const promise = Promise.resolve(result)
      if (owner.direct) this.following = promise.then(this.#onFulfilled, this.#onRejected)
      else void promise.then(this.#onFulfilled, this.#onRejected)
    } catch (error) {
      this.#end()
      throw error
    }
    return PENDING
  }

  /** The owner stops waiting; the operation is told and goes on at its own pace. */
  abandon(reason: unknown): void {
    this.#abandoned = true
    this.#owner = undefined
    this.#context?.cancel(reason)
  }

  /** Asks to be told when the run has really ended. */
  onEnd(listener: RunEnd): void {
    ;(this.#ends ??= []).push(listener)
  }

  readonly #onFulfilled = (value: unknown): unknown => {
    const owner = this.#owner
    this.#end()
    return owner === undefined ? discard(value) : owner.fulfilled(value)
  }

  readonly #onRejected = (error: unknown): unknown => {
    const owner = this.#owner
    this.#end()
    return owner?.rejected(error)
  }

  #end(): void {
    this.ended = true
    this.following = undefined
    this.#owner = undefined
    this.#context?.end()
    this.#context = undefined
    const ends = this.#ends
    if (ends !== undefined) {
      this.#ends = undefined
      for (const listener of ends) listener.runEnded()
    }
    if (!this.#abandoned && idle.length < IDLE_MAX) idle.push(this)
  }
}

/** What `start` returns when the operation has only begun. */
export const PENDING: unique symbol = Symbol('pending')

const IDLE_MAX = 1024
const idle: Run[] = []

export function takeRun(): Run {
  return idle.pop() ?? new Run()
}
