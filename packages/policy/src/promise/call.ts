import { leaveAtOnce, releaseAtOnce, startAtOnce, walkOn, type AtOnceFrame } from '../engine/at-once.js'
import { TURN, WAIT, type Flow } from '../engine/flow.js'
import { Frame, type Plan } from '../engine/frame.js'
import type { HappySlots } from '../engine/happy-path.js'
import { outcomeOf } from '../engine/settled.js'
import { OVER } from '../engine/stage.js'
import { ABORTED, FAILED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { addAbortListener, removeAbortListener } from './add-abort-listener.js'
import type { CallOptions, Operation } from './operation.js'
import { PromiseRun } from './promise-run.js'

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
  /** The caller's signal, while the call listens to it. */
  protected signal: AbortSignal | undefined
  /** None until somebody waits for the end. */
  protected resolve: Resolve | undefined
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
    const signal = options?.signal
    this.operation = operation
    this.asOutcome = asOutcome
    if (options !== undefined) this.options = options
    this.date()
    if (signal?.aborted === true) {
      this.end(ABORTED, signal.reason)
      this.walk(0, false)
    } else this.go()
    if (this.stage === OVER) return Promise.resolve(this.takeEnd())
    const promise = new Promise(this.capture)
    // Only from when there is something to wait for.
    if (signal !== undefined) this.listen(signal)
    return promise
  }

  override launch(): Flow {
    const { run } = this
    let kind: Kind = SUCCEEDED
    let value: unknown
    try {
      value = run.start(this.operation, this.attempt)
      if (run.follows(value)) return WAIT
    } catch (error) {
      kind = FAILED
      value = error
    }
    run.end()
    this.goOn()
    this.end(kind, value)
    return TURN
  }

  /** The caller's signal is aborted. */
  handleEvent(): void {
    this.cancel(-1, ABORTED, this.options.signal?.reason)
  }

  /** Takes the call in, as far as it gets. */
  protected go(): void {
    this.walk(-1, true)
  }

  protected override giveUpRun(reason: unknown): PromiseRun {
    const { run } = this
    this.run = new PromiseRun(this)
    run.abandon(reason)
    return run
  }

  protected override conclude(): void {
    const { resolve } = this
    if (this.signal !== undefined) this.stopListening(this.signal)
    if (resolve !== undefined) {
      this.resolve = undefined
      resolve(this.takeEnd())
    }
  }

  protected stopListening(signal: AbortSignal): void {
    this.signal = undefined
    removeAbortListener(signal, this)
  }

  /** What the caller's promise resolves to, from a frame that is then given back. */
  private takeEnd(): unknown {
    const { kind, error, asOutcome } = this
    const end = asOutcome ? outcomeOf(this) : error
    this.release()
    return asOutcome || kind === SUCCEEDED ? end : Promise.reject(end)
  }

  private listen(signal: AbortSignal): void {
    if (signal.aborted) return this.handleEvent()
    this.signal = signal
    addAbortListener(signal, this)
  }
}

/** A call through a plan with a happy path, which it takes where it can. */
export class AtOnceCall extends Call implements AtOnceFrame {
  readonly happySlots: HappySlots | undefined
  isAtOnce: boolean = false

  constructor(plan: Plan) {
    super(plan)
    this.happySlots = plan.happyPath?.slotsOf(plan.steps, this.slots)
  }

  override runSettled(kind: Kind, value: unknown): void {
    if (kind === SUCCEEDED && leaveAtOnce(this, value)) this.settleAtOnce(value)
    else super.runSettled(kind, value)
  }

  override dueAt(): number {
    return this.isAtOnce ? this.plan.happyPath!.dueAt(this, this.happySlots!) : this.deadline
  }

  override walk(from: number, inward: boolean): void {
    walkOn(this)
    super.walk(from, inward)
  }

  protected override go(): void {
    startAtOnce(this)
  }

  /** The same as `conclude`, for a success that has left little behind. */
  private settleAtOnce(value: unknown): void {
    const resolve = this.resolve!
    const end = this.asOutcome ? { ok: true, value, fallback: false } : value
    if (this.signal !== undefined) this.stopListening(this.signal)
    this.resolve = undefined
    releaseAtOnce(this)
    resolve(end)
  }
}
