import { Run, type RunOwner } from '../promise/run.js'
import type { CallOptions } from '../promise/operation.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { CallState } from './call-state.js'
import { NEXT, TURN, WAIT, type Flow } from './flow.js'
import type { Plan } from './plan.js'

/** Nobody has cancelled the call; otherwise the index of the step that did, -1 for the caller. */
const NOT_CANCELLED = -2
/** No step has ended its wait while the call was on the move; otherwise the index to go on from. */
const NOT_RESUMED = -2

/**
 * One call on its way through the steps of a plan, as the steps see it.
 *
 * The engine is the loop in `walk`: inward until the operation or a refusal, outward until the call is over, and
 * back inward where a step asks for another try. Nothing is nested: no promise, closure or stack frame for each
 * policy, so that six policies cost little more than one.
 *
 * Frames are reused: whoever may call back after its call must be able to tell that the call is gone. Their fields
 * are private to TypeScript only; `HappyPath` says why.
 */
export abstract class Frame extends CallState implements RunOwner {
  /** Whose call this is; of one kind with the plan that the frame was made for. */
  plan: Plan
  /** What each step keeps for this call, by the step's index. */
  readonly slots: readonly unknown[]
  /** The promise that follows the operation, until somebody has taken it to tell the call's end. */
  protected following: Promise<unknown> | undefined = undefined
  protected over: boolean = true
  /** Let in by every step at once, and nothing has stopped it since. */
  protected unobstructed: boolean = false
  /** Reused from try to try and from call to call, until one is abandoned. */
  private run: Run
  /** Where the call stands; at the operation, while it is unobstructed or there is no call. */
  private index: number
  private walking: boolean = false
  private resumeAt: number = NOT_RESUMED
  private resumeInward: boolean = false
  private cancelledBy: number = NOT_CANCELLED
  private pendingBy: number = NOT_CANCELLED
  private pendingKind: Kind = ABORTED
  private pendingValue: unknown = undefined

  constructor(plan: Plan) {
    super()
    this.plan = plan
    this.slots = plan.links.map(({ step }, index) => step.newSlot(this, index))
    this.index = this.slots.length
    this.run = new Run(this)
  }

  /**
   * Runs the steps further in than `index` apart from this call. `settled` gets the branch's frame when it is
   * over, perhaps before this returns, and must `release` it when it has read how it ended.
   */
  abstract fork(index: number, options: CallOptions, attempt: number, settled: (branch: Frame) => void): Frame
  /** Gives the frame back. */
  abstract release(): void
  abstract fulfilled(value: unknown): unknown
  abstract rejected(error: unknown): unknown
  /** The call has passed all steps outward. */
  protected abstract finish(): void

  /** Somebody further out gave up: no step may start anything new for this call. */
  get cancelled(): boolean {
    return this.cancelledBy !== NOT_CANCELLED
  }

  /** Goes on after a wait in the step at `index`: inward past it, or outward from it. */
  resume(index: number, inward: boolean): void {
    this.goOn()
    const next = inward ? index + 1 : index - 1
    if (!this.walking) return this.walk(next, inward)
    // A listener that the waiting step called on its way in ended the wait: the walk goes on from there.
    this.resumeAt = next
    this.resumeInward = inward
  }

  /**
   * Ends the call from outside: by the step at `by`, or by the caller (-1). Whatever the call waits for is let
   * go, and the given end passes all steps outward like any other.
   */
  cancel(by: number, kind: Kind, value: unknown): void {
    if (this.over || this.pendingBy !== NOT_CANCELLED) return
    // Only somebody further out may still overrule a cancellation that is on its way outward.
    if (this.cancelled && by >= this.cancelledBy) return
    this.pendingBy = by
    this.pendingKind = kind
    this.pendingValue = value
    // A listener or the operation itself may cancel while the call is on the move: the walk then heeds it.
    if (this.walking) return
    this.walking = true
    this.goOn()
    this.walk(this.heed(this.index, WAIT, true), false)
  }

  /** For the step at `by` and those further out, its cancellation is from now on an ordinary end. */
  uncancel(by: number): void {
    if (this.cancelledBy === by) this.cancelledBy = NOT_CANCELLED
  }

  /**
   * Starts the operation of a call that every step has let in. Answers the promise that follows it; undefined when
   * the call went on, because the operation was over at once or ended its own call.
   */
  protected startOperation(): Promise<unknown> | undefined {
    const { run } = this
    this.over = false
    this.walking = true
    let promise: Promise<unknown> | undefined
    try {
      promise = run.start(this.operation, this.attempt)
    } catch (error) {
      return this.goOnFromThrow(error)
    }
    if (promise === undefined || this.pendingBy !== NOT_CANCELLED) return this.goOnFromOperation(promise)
    this.walking = false
    return run.follow(promise)
  }

  /** Walks from the step at `start`, or into the operation behind the last one, until the call waits or is over. */
  protected walk(start: number, startInward: boolean): void {
    const { length } = this.plan.links
    let index = start
    let inward = startInward
    this.unobstructed = false
    this.walking = true
    while (index >= 0) {
      if (index > length) throw new Error('broken invariant: a step turned inward past the operation')
      this.index = index
      const flow = inward ? this.goInward() : this.goOutward()
      index = this.index
      if (this.pendingBy !== NOT_CANCELLED) {
        index = this.heed(index, flow, inward)
        inward = false
      } else if (flow === WAIT) {
        if (this.resumeAt === NOT_RESUMED) {
          this.walking = false
          return
        }
        index = this.resumeAt
        inward = this.resumeInward
        this.resumeAt = NOT_RESUMED
      } else {
        if (flow === TURN) inward = !inward
        index += inward ? 1 : -1
      }
    }
    this.walking = false
    this.finish()
  }

  protected override clear(): void {
    super.clear()
    this.index = this.slots.length
    this.cancelledBy = NOT_CANCELLED
    this.pendingValue = undefined
    this.following = undefined
  }

  /** The operation threw at once. */
  private goOnFromThrow(error: unknown): undefined {
    this.run.threw()
    this.fail(error)
    return this.leaveFrom(TURN)
  }

  /** The operation was over at once, or it has cancelled its own call. */
  private goOnFromOperation(promise: Promise<unknown> | undefined): undefined {
    if (promise === undefined) {
      this.succeed(this.run.takeResult())
      return this.leaveFrom(TURN)
    }
    void this.run.follow(promise)
    return this.leaveFrom(WAIT)
  }

  private leaveFrom(flow: Flow): undefined {
    this.goOn()
    const index = this.slots.length
    this.walk(this.pendingBy === NOT_CANCELLED ? index - 1 : this.heed(index, flow, true), false)
  }

  /** Enters steps, and then the operation, as long as nothing but "next" is answered. */
  private goInward(): Flow {
    const { links } = this.plan
    try {
      for (;;) {
        const index = this.index
        if (index === links.length) return this.runOperation()
        const link = links[index]!
        const flow = link.enter.call(link.step, this, index)
        if (flow !== NEXT || this.pendingBy !== NOT_CANCELLED) return flow
        this.index = index + 1
      }
    } catch (error) {
      // The operation threw, or a callback of the user's: the call fails with that.
      this.run.threw()
      this.goOn()
      this.fail(error)
      return TURN
    }
  }

  /** Leaves steps as long as nothing but "next" is answered. */
  private goOutward(): Flow {
    const { links } = this.plan
    try {
      for (;;) {
        const index = this.index
        const link = links[index]!
        const flow = link.leave.call(link.step, this, index)
        if (flow !== NEXT || index === 0 || this.pendingBy !== NOT_CANCELLED) return flow
        this.index = index - 1
      }
    } catch (error) {
      // A predicate of the user's threw: the call fails with that.
      this.failInstead(error)
      return NEXT
    }
  }

  private runOperation(): Flow {
    const promise = this.run.start(this.operation, this.attempt)
    this.goOn()
    if (promise === undefined) {
      this.succeed(this.run.takeResult())
      return TURN
    }
    this.following = this.run.follow(promise)
    return WAIT
  }

  /** Puts a cancellation into effect where the call stands; returns the index to go outward from. */
  private heed(index: number, flow: Flow, inward: boolean): number {
    const step = this.plan.links[index]?.step
    const hasValue = flow === (inward ? TURN : NEXT)
    if (hasValue && this.kind === SUCCEEDED) discard(this.value)
    this.cancelledBy = this.pendingBy
    this.pendingBy = NOT_CANCELLED
    this.kind = this.pendingKind
    this.value = this.pendingValue
    // A wait that is over already: whoever was let in by it is left again.
    if (flow === WAIT && this.resumeAt !== NOT_RESUMED) {
      this.resumeAt = NOT_RESUMED
      return this.resumeInward ? index : index - 1
    }
    if (flow === WAIT && step === undefined) {
      const run = this.run
      this.run = new Run(this)
      ;(this.abandoned ??= []).push(run)
      run.abandon(this.value)
    } else if (flow === WAIT || (flow === TURN && !inward)) {
      step!.cancel(this, index)
    }
    // A step that has just let the call in is left again; one that refused it, or waited, is not.
    return flow === NEXT && inward ? index : index - 1
  }
}
