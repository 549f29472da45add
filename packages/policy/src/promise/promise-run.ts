import { Run, type RunOwner } from '../engine/run.js'
import { FAILED, SUCCEEDED } from '../outcome/kind.js'
import type { Operation, OperationContext } from './operation.js'
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
  /**
   * Goes up with each end, so that what belonged to a former use can be told. A number, and not the try itself: to put
   * something new into something old costs as much as to make it.
   */
  serial: number = 0
  /** The use that was abandoned, if one was; former ones succeeded or failed by themselves. */
  private abandonedSerial: number = NOT_ABANDONED
  private reason: unknown
  private controller: AbortController | undefined
  private readonly onFulfilled: (value: unknown) => void
  private readonly onRejected: (error: unknown) => void

  constructor(owner: RunOwner) {
    super(owner)
    this.onFulfilled = (value) => this.settle(SUCCEEDED, value)
    this.onRejected = (error) => this.settle(FAILED, error)
  }

  /** Calls the operation and answers what that returned; then tell it by `end`, unless it `follows` that. */
  start(operation: Operation<unknown>, attempt: number): unknown {
    this.ended = false
    const { serial } = this
    return operation(new Try(this, serial, attempt))
  }

  /** Tells the owner how a promise that the operation returned ends; `false` when it returned none. */
  follows(result: unknown): boolean {
    if (!(result instanceof Promise) && !isThenable(result)) return false
    // A foreign thenable is wrapped, so that it cannot call both callbacks. `resolve` gives a native promise back as it
    // is; to ask here whether it is one costs less.
    const promise = result.constructor === Promise ? (result as Promise<unknown>) : Promise.resolve(result)
    void promise.then(this.onFulfilled, this.onRejected)
    return true
  }

  /** The signal of the use with this number. One that is over, and was not cancelled, is never aborted. */
  signalFor(serial: number): AbortSignal {
    const isCurrent = serial === this.serial
    const controller = (isCurrent ? this.controller : undefined) ?? new AbortController()
    if (serial === this.abandonedSerial) controller.abort(this.reason)
    if (isCurrent) this.controller = controller
    return controller.signal
  }

  override end(): void {
    this.serial += 1
    this.controller = undefined
    super.end()
  }

  protected override stop(reason: unknown): void {
    this.abandonedSerial = this.serial
    this.reason = reason
    this.controller?.abort(reason)
  }
}

/**
 * What an operation sees of a try. A new one for every try, since an operation may keep it, while the run
 * behind it is reused: the serial number tells whether the run is still this one.
 *
 * Fields are only declared, for those that a class defines would be written twice; and nearly all tries are the first,
 * so only that of further ones is a field.
 */
class Try implements OperationContext {
  declare private readonly run: PromiseRun
  declare private readonly serial: number
  declare private readonly number: number | undefined

  constructor(run: PromiseRun, serial: number, attempt: number) {
    this.run = run
    this.serial = serial
    if (attempt > 1) this.number = attempt
  }

  get attempt(): number {
    return this.number ?? 1
  }

  get signal(): AbortSignal {
    return this.run.signalFor(this.serial)
  }

  get deadline(): number {
    return this.run.serial === this.serial ? this.run.deadline : -Infinity
  }
}
