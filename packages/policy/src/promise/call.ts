import { TURN, WAIT, type Flow } from '../engine/flow.js'
import { Frame, type Receiver } from '../engine/frame.js'
import type { Plan } from '../engine/plan.js'
import { outcomeOf } from '../engine/settled.js'
import { OVER } from '../engine/stage.js'
import { ABORTED, FAILED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { addAbortListener, removeAbortListener } from './add-abort-listener.js'
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
  declare operation: Operation<unknown>
  declare options: CallOptions
  /** Whether the caller is told by a value how it ended. */
  protected asOutcome: boolean = false
  protected listening: boolean = false
  /** None until somebody waits for the end. */
  protected resolve: Resolve | undefined = undefined
  /** Reused from try to try and from call to call, until it is abandoned. */
  private run: PromiseRun = new PromiseRun(this)

  /** The executor of this frame's promises, made once: a closure for each would cost as much as the promise. */
  private readonly capture = (resolve: Resolve): void => {
    this.resolve = resolve
  }

  start(
    operation: Operation<unknown>,
    options: CallOptions | undefined,
    asOutcome: boolean,
  ): Promise<unknown> {
    this.operation = operation
    this.asOutcome = asOutcome
    if (options !== undefined) return this.startWith(options)
    this.go()
    return this.promise()
  }

  override awaits(answer: unknown, receiver: Receiver): boolean {
    if (!isThenable(answer)) return false
    Promise.resolve(answer).then(
      (value) => receiver.fulfilled(value),
      (error: unknown) => receiver.rejected(error),
    )
    return true
  }

  override launch(): Flow {
    const { run } = this
    try {
      const result = run.start(this.operation, this.attempt)
      return run.follows(result) ? WAIT : this.endRun(SUCCEEDED, result)
    } catch (error) {
      return this.endRun(FAILED, error)
    }
  }

  override release(): void {
    this.resolve = undefined
    super.release()
  }

  /** The caller's signal is aborted. */
  handleEvent(): void {
    this.cancel(-1, ABORTED, this.options.signal?.reason)
  }

  /** Takes the call in, as far as it gets. */
  protected go(): void {
    this.beginCall()
  }

  protected override giveUpRun(): PromiseRun {
    const { run } = this
    this.run = new PromiseRun(this)
    return run
  }

  protected override finish(): void {
    if (this.listening) this.stopListening()
    super.finish()
  }

  protected override conclude(): void {
    const { resolve } = this
    if (resolve !== undefined) resolve(this.takeEnd())
  }

  protected stopListening(): void {
    this.listening = false
    removeAbortListener(this.options.signal!, this)
  }

  /** The operation was over at once. */
  private endRun(kind: Kind, value: unknown): Flow {
    this.run.end()
    this.goOn()
    this.kind = kind
    this.value = value
    this.fallback = false
    return TURN
  }

  private startWith(options: CallOptions): Promise<unknown> {
    const { signal } = options
    this.options = options
    if (signal !== undefined && signal.aborted) this.end(ABORTED, signal.reason)
    else this.go()
    const { stage } = this
    const promise = this.promise()
    if (signal !== undefined && stage !== OVER) this.listen(signal)
    return promise
  }

  /** Of a call that has gone as far as it could. */
  private promise(): Promise<unknown> {
    return this.stage === OVER ? this.settledAlready() : new Promise(this.capture)
  }

  private settledAlready(): Promise<unknown> {
    return Promise.resolve(this.takeEnd())
  }

  /** What the caller's promise resolves to, from a frame that is then given back. */
  private takeEnd(): unknown {
    const { asOutcome } = this
    const hasFailed = this.kind !== SUCCEEDED && !asOutcome
    const end = asOutcome ? outcomeOf(this) : hasFailed ? this.error : this.value
    this.release()
    return hasFailed ? Promise.reject(end) : end
  }

  /** Listens to the caller's signal only from when there is something to wait for. */
  private listen(signal: AbortSignal): void {
    if (signal.aborted) return this.handleEvent()
    this.listening = true
    addAbortListener(signal, this)
  }
}
