import type { CallOptions, Operation } from './operation.js'
import { ABORTED, SUCCEEDED } from '../outcome/kind.js'
import type { Outcome } from '../outcome/outcome.js'
import { nothing } from '../engine/call-state.js'
import { Frame } from '../engine/frame.js'
import type { HappySlots } from '../engine/happy-path.js'
import type { Plan } from '../engine/plan.js'
import { outcomeOf, type Reject, type Resolve } from './settlement.js'

/** Nobody asked how long the call takes. */
const UNTIMED = -1

/**
 * One call as its caller sees it: how it begins, the promise that tells its end, and the caller's signal. What it
 * meets in between is the frame's.
 */
export class Call extends Frame {
  /** Whether it is used again. */
  readonly isPooled: boolean
  /** The next one that is free, while this one is. */
  nextIdle: Call | undefined = undefined
  private readonly happySlots: HappySlots | undefined
  private startedAt: number = UNTIMED
  private listening: boolean = false
  private asOutcome: boolean = false
  private resolve: Resolve | undefined = undefined
  private reject: Reject | undefined = undefined
  private settled: ((branch: Frame) => void) | undefined = undefined

  /** The executor of this frame's promises, made once: a closure for each would cost as much as the promise. */
  private readonly capture = (resolve: Resolve, reject: Reject): void => {
    this.resolve = resolve
    this.reject = reject
  }

  constructor(plan: Plan, isPooled: boolean) {
    super(plan)
    this.isPooled = isPooled
    this.happySlots = plan.happyPath?.slotsOf(plan, this.slots)
  }

  startExecute(operation: Operation<unknown>, options: CallOptions | undefined): Promise<unknown> {
    const { plan } = this
    const { happyPath } = plan
    this.operation = operation
    if (options !== undefined || happyPath === undefined || plan.reportsEnds)
      return this.startWalking(options)
    if (!happyPath.enter(this, this.happySlots!)) return this.startWalking(options)
    this.unobstructed = true
    const following = this.startOperation()
    if (following === undefined) return this.started()
    return plan.interrupts ? new Promise(this.capture) : following
  }

  startOutcome(operation: Operation<unknown>, options: CallOptions | undefined): Promise<Outcome<unknown>> {
    this.operation = operation
    this.asOutcome = true
    return this.startWalking(options) as Promise<Outcome<unknown>>
  }

  override fork(
    index: number,
    options: CallOptions,
    attempt: number,
    settled: (branch: Frame) => void,
  ): Frame {
    const inner = this.plan.inner(index + 1)
    const branch = inner.calls.take(inner)
    branch.settled = settled
    branch.attempt = attempt
    branch.deadline = this.deadline
    branch.operation = this.operation
    branch.options = options
    branch.begin()
    if (!branch.over) branch.listen()
    return branch
  }

  override release(): void {
    this.clear()
    this.asOutcome = false
    this.resolve = undefined
    this.reject = undefined
    this.settled = undefined
    this.plan.calls.giveBack(this)
  }

  override fulfilled(value: unknown): unknown {
    if (this.unobstructed && this.plan.happyPath!.leave(this, this.happySlots!))
      return this.settleHappily(value)
    this.goOn()
    this.succeed(value)
    return this.leaveOperation()
  }

  override rejected(error: unknown): unknown {
    this.goOn()
    this.fail(error)
    return this.leaveOperation()
  }

  /** The caller's signal is aborted. */
  handleEvent(): void {
    this.cancel(-1, ABORTED, this.options.signal?.reason)
  }

  private startWalking(options: CallOptions | undefined): Promise<unknown> {
    // A call on the happy path leaves its own behind.
    this.deadline = Infinity
    if (options !== undefined) this.options = options
    if (this.plan.reportsEnds) this.startedAt = this.now()
    this.begin()
    return this.started()
  }

  /** The promise of a call that has gone as far as it could. */
  private started(): Promise<unknown> {
    if (!this.over) {
      const { following } = this
      this.following = undefined
      const direct = following !== undefined && !this.plan.interrupts && this.options.signal === undefined
      return direct ? following : this.wait()
    }
    const failed = this.kind !== SUCCEEDED && !this.asOutcome
    const end = this.asOutcome ? outcomeOf(this) : failed ? this.error : this.value
    this.release()
    return failed ? Promise.reject(end) : Promise.resolve(end)
  }

  /** Takes the call from its beginning as far as it goes. */
  private begin(): void {
    this.over = false
    const { signal } = this.options
    if (signal !== undefined && signal.aborted) {
      this.kind = ABORTED
      this.value = signal.reason
      this.finish()
    } else {
      const { happyPath, links } = this.plan
      const isLetIn =
        happyPath !== undefined && this.settled === undefined && happyPath.enter(this, this.happySlots!)
      this.walk(isLetIn ? links.length : 0, true)
    }
  }

  /**
   * Whether the promise that follows the operation tells the call's end: nothing could end the call before, and so
   * far it has not waited. It saves a promise of the frame's own, with its two functions.
   */
  private get isDirect(): boolean {
    return this.resolve === undefined && this.settled === undefined
  }

  private leaveOperation(): unknown {
    const { isDirect } = this
    const { happyPath } = this.plan
    if (this.kind === SUCCEEDED && happyPath !== undefined && happyPath.leave(this, this.happySlots!))
      this.finish()
    else this.walk(this.slots.length - 1, false)
    return isDirect ? this.settleDirectly() : undefined
  }

  /** What the promise that follows the run becomes: the call's end, or a wait for it. */
  private settleDirectly(): unknown {
    if (!this.over) return this.wait()
    const { kind, value, asOutcome } = this
    const result = asOutcome ? outcomeOf(this) : kind === SUCCEEDED ? value : this.error
    this.release()
    if (kind === SUCCEEDED || asOutcome) return result
    throw result
  }

  /** Settles a call that has met no obstacle at all, and gives back the frame, in which little has changed. */
  private settleHappily(value: unknown): unknown {
    const { resolve } = this
    this.goOn()
    this.unobstructed = false
    this.over = true
    this.operation = nothing
    this.resolve = undefined
    this.reject = undefined
    this.plan.calls.giveBack(this)
    if (resolve === undefined) return value
    resolve(value)
    return undefined
  }

  private wait(): Promise<unknown> {
    // From here on the promise made here tells the end, and not one that follows a later run.
    const promise = new Promise(this.capture)
    this.listen()
    return promise
  }

  /** Listens to the caller's signal only from when there is something to wait for. */
  private listen(): void {
    const signal = this.options.signal
    if (signal === undefined) return
    if (signal.aborted) {
      this.handleEvent()
    } else {
      this.listening = true
      signal.addEventListener('abort', this)
    }
  }

  protected override finish(): void {
    this.over = true
    if (this.listening) {
      this.listening = false
      this.options.signal!.removeEventListener('abort', this)
    }
    if (this.startedAt !== UNTIMED) {
      this.plan.owner!.reportEnd(this, this.now() - this.startedAt)
      this.startedAt = UNTIMED
    }
    if (this.settled !== undefined) {
      this.settled(this)
    } else if (this.resolve !== undefined) {
      if (this.asOutcome) this.resolve(outcomeOf(this))
      else if (this.kind === SUCCEEDED) this.resolve(this.value)
      else this.reject!(this.error)
      this.release()
    }
  }
}
