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

/** What `start` returns when the operation has only begun. */
export const PENDING: unique symbol = Symbol('pending')

const NOT_ABANDONED = -1

/**
 * One execution of an operation, from its start until it has really ended: a timed-out operation that does not
 * heed its signal outlives the call that it belonged to.
 *
 * Its owner reuses a run that has ended, because the two callbacks that a promise needs are the dearest part of a
 * call. It is safe: a native promise calls exactly one of them, once, and only that ends a run. An abandoned run
 * is never used again.
 */
export class Run {
  /** Goes up with each end, so that what belonged to a former use can be told. */
  serial: number = 0
  ended: boolean = true
  /**
   * For a direct owner, settles with what the owner made of the operation's end. It saves a promise of the
   * owner's own, with its two functions, where nothing can end the call before its operation.
   */
  following: Promise<unknown> | undefined = undefined
  readonly #owner: RunOwner
  /** The use that was abandoned, if one was; former ones succeeded or failed by themselves. */
  #abandonedSerial: number = NOT_ABANDONED
  #reason: unknown = undefined
  #controller: AbortController | undefined = undefined
  #ends: RunEnd[] | undefined = undefined

  constructor(owner: RunOwner) {
    this.#owner = owner
  }

  /** When the innermost time limit of its call passes; see `OperationContext.deadline`. */
  get deadline(): number {
    return this.#isAbandoned || this.ended ? -Infinity : this.#owner.deadline
  }

  /** Calls the operation. Whatever is thrown synchronously passes through, with the run ended. */
  start(operation: Operation<unknown>, attempt: number): unknown {
    this.ended = false
    try {
      const result = operation(new Context(this, this.serial, attempt))
      if (!isThenable(result)) {
        this.#end()
        return result
      }
      // A native promise comes back from `resolve` as it is; a foreign thenable is wrapped, so that it cannot
      // call both callbacks.
      const promise = Promise.resolve(result)
      if (this.#owner.direct) this.following = promise.then(this.#onFulfilled, this.#onRejected)
      else void promise.then(this.#onFulfilled, this.#onRejected)
    } catch (error) {
      this.#end()
      throw error
    }
    return PENDING
  }

  /** The owner stops waiting; the operation is told and goes on at its own pace. */
  abandon(reason: unknown): void {
    this.#abandonedSerial = this.serial
    this.#reason = reason
    this.#controller?.abort(reason)
  }

  /** Asks to be told when the run has really ended. */
  onEnd(listener: RunEnd): void {
    ;(this.#ends ??= []).push(listener)
  }

  /** The signal of the use with this number. One that is over, and was not cancelled, is never aborted. */
  signalFor(serial: number): AbortSignal {
    const controller = new AbortController()
    if (serial === this.#abandonedSerial) controller.abort(this.#reason)
    else if (serial === this.serial) this.#controller = controller
    return controller.signal
  }

  get #isAbandoned(): boolean {
    return this.#abandonedSerial !== NOT_ABANDONED
  }

  readonly #onFulfilled = (value: unknown): unknown => {
    this.#end()
    return this.#isAbandoned ? discard(value) : this.#owner.fulfilled(value)
  }

  readonly #onRejected = (error: unknown): unknown => {
    this.#end()
    return this.#isAbandoned ? undefined : this.#owner.rejected(error)
  }

  #end(): void {
    this.serial += 1
    this.ended = true
    this.following = undefined
    this.#controller = undefined
    const ends = this.#ends
    if (ends !== undefined) {
      this.#ends = undefined
      for (const listener of ends) listener.runEnded()
    }
  }
}
