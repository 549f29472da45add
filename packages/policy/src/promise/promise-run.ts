import { Run, type RunOwner } from '../engine/run.js'
import { FirstTry, FurtherTry } from './first-try.js'
import type { Operation } from './operation.js'
import { isThenable } from './thenable.js'

const NOT_ABANDONED = -1

/**
 * A run of an operation that returns a promise, or a value.
 *
 * Its owner reuses a run that has ended, because the two callbacks that a promise needs are the dearest part of a
 * call. It is safe: a native promise calls exactly one of them, once, and only that ends a run. An abandoned run
 * is never used again.
 */
export class PromiseRun extends Run {
  /** Goes up with each end, so that what belonged to a former use can be told. */
  serial: number = 0
  /** What an operation returned that is over already. */
  private result: unknown = undefined
  /** The use that was abandoned, if one was; former ones succeeded or failed by themselves. */
  private abandonedSerial: number = NOT_ABANDONED
  private reason: unknown = undefined
  private controller: AbortController | undefined = undefined
  private readonly onFulfilled: (value: unknown) => unknown
  private readonly onRejected: (error: unknown) => unknown

  constructor(owner: RunOwner) {
    super(owner)
    this.onFulfilled = (value) => this.fulfil(value)
    this.onRejected = (error) => this.reject(error)
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
    if (result instanceof Promise || isThenable(result)) return Promise.resolve(result)
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

  /** The signal of the use with this number. One that is over, and was not cancelled, is never aborted. */
  signalFor(serial: number): AbortSignal {
    if (serial === this.serial && this.controller !== undefined) return this.controller.signal
    const controller = new AbortController()
    if (serial === this.abandonedSerial) controller.abort(this.reason)
    if (serial === this.serial) this.controller = controller
    return controller.signal
  }

  protected override stop(reason: unknown): void {
    this.abandonedSerial = this.serial
    this.reason = reason
    this.controller?.abort(reason)
  }

  protected override end(): void {
    this.serial += 1
    this.controller = undefined
    super.end()
  }
}
