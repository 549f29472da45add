import { addAbortListener, removeAbortListener } from './add-abort-listener.js'
import { TURN, WAIT, type Flow } from '../engine/flow.js'
import { Frame, type Receiver } from '../engine/frame.js'
import type { Plan } from '../engine/plan.js'
import { outcomeOf } from '../engine/settled.js'
import { OVER } from '../engine/stage.js'
import { ABORTED, SUCCEEDED } from '../outcome/kind.js'
import type { Outcome } from '../outcome/outcome.js'
import type { CallOptions, Operation } from './operation.js'
import { PromiseRun } from './promise-run.js'
import { isThenable } from './thenable.js'

type Resolve = (value: unknown) => void

/**
 * One call as its caller sees it: how it begins, the promise that tells its end, and the caller's signal. What it
 * meets in between is the frame's.
 */
export class Call extends Frame {
  declare plan: Plan<Call>
  declare options: CallOptions
  /** Reused from try to try and from call to call, until it is abandoned. */
  protected run: PromiseRun = new PromiseRun(this)
  /** The promise that follows the operation, until somebody has taken it to tell the call's end. */
  private following: Promise<unknown> | undefined = undefined
  protected listening: boolean = false
  protected asOutcome: boolean = false
  protected resolve: Resolve | undefined = undefined

  /** The executor of this frame's promises, made once: a closure for each would cost as much as the promise. */
  private readonly capture = (resolve: Resolve): void => {
    this.resolve = resolve
  }

  startExecute(operation: Operation<unknown>, options: CallOptions | undefined): Promise<unknown> {
    this.operation = operation
    if (options !== undefined) {
      this.options = options
      if (options.signal !== undefined && options.signal.aborted) return this.refuseAborted(options.signal)
    }
    return this.go(operation)
  }

  startOutcome(operation: Operation<unknown>, options: CallOptions | undefined): Promise<Outcome<unknown>> {
    this.asOutcome = true
    return this.startExecute(operation, options) as Promise<Outcome<unknown>>
  }

  /** Takes the call in; how far it got, its promise tells. */
  protected go(_operation: Operation<unknown>): Promise<unknown> {
    if (this.plan.owner.reportsEnds) this.startedAt = this.now()
    this.begin()
    return this.started(this.takeFollowing())
  }

  override fulfilled(value: unknown): unknown {
    const { isDirect } = this
    super.fulfilled(value)
    return isDirect ? this.settleDirectly() : undefined
  }

  override rejected(error: unknown): unknown {
    const { isDirect } = this
    super.rejected(error)
    return isDirect ? this.settleDirectly() : undefined
  }

  override awaits(answer: unknown, receiver: Receiver): boolean {
    if (!isThenable(answer)) return false
    Promise.resolve(answer).then(
      (value) => receiver.fulfilled(value),
      (error: unknown) => receiver.rejected(error),
    )
    return true
  }

  override release(): void {
    this.following = undefined
    this.asOutcome = false
    this.resolve = undefined
    super.release()
  }

  /** The caller's signal is aborted. */
  handleEvent(): void {
    this.cancel(-1, ABORTED, this.options.signal?.reason)
  }

  protected override giveUpRun(): PromiseRun {
    const { run } = this
    this.run = new PromiseRun(this)
    return run
  }

  protected override launch(): Flow {
    const { run } = this
    let promise: Promise<unknown> | undefined
    try {
      promise = run.start(this.operation as Operation<unknown>, this.attempt)
    } catch (error) {
      return this.failedToStart(error)
    }
    this.goOn()
    if (promise === undefined) return this.takeResult()
    this.following = run.follow(promise)
    return WAIT
  }

  protected failedToStart(error: unknown): Flow {
    this.run.threw()
    this.goOn()
    this.fail(error)
    return TURN
  }

  protected takeResult(): Flow {
    this.succeed(this.run.takeResult())
    return TURN
  }

  protected override finish(): void {
    if (this.listening) this.stopListening()
    super.finish()
  }

  protected override conclude(): void {
    const { resolve, hasFailed } = this
    if (resolve === undefined) return
    const end = this.takeEnd()
    resolve(hasFailed ? Promise.reject(end) : end)
  }

  private refuseAborted({ reason }: AbortSignal): Promise<unknown> {
    this.end(ABORTED, reason)
    return this.settledAlready()
  }

  /** The promise of a call that has gone as far as it could. */
  protected started(following: Promise<unknown> | undefined): Promise<unknown> {
    if (this.stage === OVER) return this.settledAlready()
    const direct = following !== undefined && !this.plan.interrupts && this.options.signal === undefined
    return direct ? following : this.wait()
  }

  protected takeFollowing(): Promise<unknown> | undefined {
    const { following } = this
    this.following = undefined
    return following
  }

  /** The promise of a call that was over before anybody could wait for it. */
  private settledAlready(): Promise<unknown> {
    const { hasFailed } = this
    const end = this.takeEnd()
    return hasFailed ? Promise.reject(end) : Promise.resolve(end)
  }

  /** Whether the promise of this call rejects. */
  private get hasFailed(): boolean {
    return this.kind !== SUCCEEDED && !this.asOutcome
  }

  /** What the caller is told, from a frame that is then given back. */
  private takeEnd(): unknown {
    const end = this.asOutcome ? outcomeOf(this) : this.kind === SUCCEEDED ? this.value : this.error
    this.release()
    return end
  }

  /**
   * Whether the promise that follows the operation tells the call's end: nothing could end the call before, and so
   * far it has not waited. It saves a promise of the frame's own, with its two functions.
   */
  private get isDirect(): boolean {
    return this.resolve === undefined && this.settled === undefined
  }

  /** What the promise that follows the run becomes: the call's end, or a wait for it. */
  private settleDirectly(): unknown {
    if (this.stage !== OVER) return this.wait()
    const { hasFailed } = this
    const end = this.takeEnd()
    if (hasFailed) throw end
    return end
  }

  protected wait(): Promise<unknown> {
    // From here on the promise made here tells the end, and not one that follows a later run.
    const promise = new Promise(this.capture)
    this.listen()
    return promise
  }

  protected stopListening(): void {
    this.listening = false
    removeAbortListener(this.options.signal!, this)
  }

  /** Listens to the caller's signal only from when there is something to wait for. */
  private listen(): void {
    const signal = this.options.signal
    if (signal === undefined) return
    if (signal.aborted) {
      this.handleEvent()
    } else {
      this.listening = true
      addAbortListener(signal, this)
    }
  }
}
