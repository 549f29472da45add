import { discard } from '../outcome/discard.js'
import { FirstTry, FurtherTry } from './context.js'
import type { Operation } from './operation.js'
import { isThenable } from './thenable.js'

/** Who started a run and hears how it ended, unless it stops waiting first. */
export interface RunOwner {
  readonly deadline: number
  /** What these return or throw settles the promise that `follow` returned. */
  fulfilled(value: unknown): unknown
  rejected(error: unknown): unknown
}

/** Told once a run has really ended, however long after its owner stopped waiting. */
export interface RunEnd {
  runEnded(): void
}

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
  /** What an operation returned that is over already. */
  private result: unknown = undefined
  private readonly owner: RunOwner
  /** The use that was abandoned, if one was; former ones succeeded or failed by themselves. */
  private abandonedSerial: number = NOT_ABANDONED
  private reason: unknown = undefined
  private controller: AbortController | undefined = undefined
  private ends: RunEnd[] | undefined = undefined

  constructor(owner: RunOwner) {
    this.owner = owner
  }

  /** When the innermost time limit of its call passes; see `OperationContext.deadline`. */
  get deadline(): number {
    return this.isAbandoned || this.ended ? -Infinity : this.owner.deadline
  }

  /**
   * Calls the operation. Returns the promise to `follow`; undefined when the operation is over and `takeResult` has
   * what it returned. What it throws passes through: then tell it by `threw`.
   */
  start(operation: Operation<unknown>, attempt: number): Promise<unknown> | undefined {
    this.ended = false
    const { serial } = this
    const result = operation(
      attempt === 1 ? new FirstTry(this, serial) : new FurtherTry(this, serial, attempt),
    )
    // A native promise comes back from `resolve` as it is; a foreign thenable is wrapped, so that it cannot call
    // both callbacks.
    if (isThenable(result)) return Promise.resolve(result)
    this.result = result
    this.end()
    return undefined
  }

  /** Something was thrown on the way into the operation: if it was the operation, it is over. */
  threw(): void {
    if (!this.ended) this.end()
  }

  /** What the operation returned, once. */
  takeResult(): unknown {
    const result = this.result
    this.result = undefined
    return result
  }

  /** Tells the owner how the operation ends; settles with what the owner makes of it. */
  follow(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(this.onFulfilled, this.onRejected)
  }

  /** The owner stops waiting; the operation is told and goes on at its own pace. */
  abandon(reason: unknown): void {
    this.abandonedSerial = this.serial
    this.reason = reason
    this.controller?.abort(reason)
  }

  /** Asks to be told when the run has really ended. */
  onEnd(listener: RunEnd): void {
    ;(this.ends ??= []).push(listener)
  }

  /** The signal of the use with this number. One that is over, and was not cancelled, is never aborted. */
  signalFor(serial: number): AbortSignal {
    if (serial === this.serial && this.controller !== undefined) return this.controller.signal
    const controller = new AbortController()
    if (serial === this.abandonedSerial) controller.abort(this.reason)
    if (serial === this.serial) this.controller = controller
    return controller.signal
  }

  private get isAbandoned(): boolean {
    return this.abandonedSerial !== NOT_ABANDONED
  }

  private readonly onFulfilled = (value: unknown): unknown => {
    this.end()
    return this.isAbandoned ? discard(value) : this.owner.fulfilled(value)
  }

  private readonly onRejected = (error: unknown): unknown => {
    this.end()
    return this.isAbandoned ? undefined : this.owner.rejected(error)
  }

  private end(): void {
    this.serial += 1
    this.ended = true
    this.controller = undefined
    if (this.ends !== undefined) this.tell(this.ends)
  }

  private tell(listeners: readonly RunEnd[]): void {
    this.ends = undefined
    for (const listener of listeners) listener.runEnded()
  }
}
