import type { CallOptions, Operation } from '../operation/operation.js'
import { PENDING, Run, type RunOwner } from '../operation/run.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import type { Outcome } from '../outcome/outcome.js'
import { CallState, UNREAD } from './call-state.js'
import { NEXT, TURN, WAIT, type Flow } from './flow.js'
import type { Plan } from './plan.js'
import { outcomeOf, type Reject, type Resolve } from './settlement.js'

/** Nobody has cancelled the call; otherwise the index of the step that did, -1 for the caller. */
const NOT_CANCELLED = -2
/** No step has ended its wait while the call was on the move; otherwise the index to go on from. */
const NOT_RESUMED = -2

/**
 * One call on its way through the steps of a plan.
 *
 * The engine is the loop in `walk`: inward until the operation or a refusal, outward until the call is over, and
 * back inward where a step asks for another try. Nothing is nested: no promise, closure or stack frame for each
 * policy, so that six policies cost little more than one.
 *
 * Frames are reused: whoever may call back after its call must be able to tell that the call is gone.
 */
export class Frame extends CallState implements RunOwner {
  readonly plan: Plan
  /** What each step keeps for this call, by the step's index. */
  readonly slots: readonly unknown[]
  /** The call ends when its operation does, unless a step then waits: nothing can end it earlier. */
  direct: boolean = false
  /** The next frame that is free, while this one is. */
  nextIdle: Frame | undefined = undefined
  /** Reused from try to try and from call to call, until one is abandoned. */
  #run: Run
  #index: number = 0
  #startedAt: number = UNREAD
  #walking: boolean = false
  #resumeAt: number = NOT_RESUMED
  #resumeInward: boolean = false
  #over: boolean = true
  #cancelledBy: number = NOT_CANCELLED
  #pendingBy: number = NOT_CANCELLED
  #pendingKind: Kind = ABORTED
  #pendingValue: unknown = undefined
  #listening: boolean = false
  #asOutcome: boolean = false
  #resolve: Resolve | undefined = undefined
  #reject: Reject | undefined = undefined
  #settled: ((branch: Frame) => void) | undefined = undefined

  /** The executor of this frame's promises, made once: a closure for each would cost as much as the promise. */
  readonly #capture = (resolve: Resolve, reject: Reject): void => {
    this.#resolve = resolve
    this.#reject = reject
  }

  constructor(plan: Plan) {
    super()
    this.plan = plan
    this.slots = plan.steps.map((step) => step.newSlot())
    this.#run = new Run(this)
  }

  startExecute(operation: Operation<unknown>, options: CallOptions | undefined): Promise<unknown> {
    this.#asOutcome = false
    this.#begin(operation, options)
    if (!this.#over) return this.#run.following ?? this.#wait()
    const promise = this.kind === SUCCEEDED ? Promise.resolve(this.value) : Promise.reject(this.error)
    this.release()
    return promise
  }

  startOutcome(operation: Operation<unknown>, options: CallOptions | undefined): Promise<Outcome<unknown>> {
    this.#asOutcome = true
    this.#begin(operation, options)
    if (!this.#over) return (this.#run.following ?? this.#wait()) as Promise<Outcome<unknown>>
    const promise = Promise.resolve(outcomeOf(this))
    this.release()
    return promise
  }

  /**
   * Runs the steps further in than `index` apart from this call. `settled` gets the branch's frame when it is
   * over, perhaps before this returns, and must `release` it when it has read how it ended.
   */
  fork(index: number, options: CallOptions, attempt: number, settled: (branch: Frame) => void): Frame {
    const branch = this.plan.inner(index + 1).take()
    branch.#settled = settled
    branch.attempt = attempt
    branch.deadline = this.deadline
    branch.#begin(this.operation, options)
    if (!branch.#over) branch.#listen()
    return branch
  }

  /** Gives the frame back. */
  release(): void {
    this.clear()
    this.#pendingValue = undefined
    this.#resolve = undefined
    this.#reject = undefined
    this.#settled = undefined
    this.plan.giveBack(this)
  }

  /** Somebody further out gave up: no step may start anything new for this call. */
  get cancelled(): boolean {
    return this.#cancelledBy !== NOT_CANCELLED
  }

  /** Goes on after a wait in the step at `index`: inward past it, or outward from it. */
  resume(index: number, inward: boolean): void {
    this.time = UNREAD
    const next = inward ? index + 1 : index - 1
    if (!this.#walking) return this.#walk(next, inward)
    // A listener that the waiting step called on its way in ended the wait: the walk goes on from there.
    this.#resumeAt = next
    this.#resumeInward = inward
  }

  fulfilled(value: unknown): unknown {
    this.succeed(value)
    return this.#runEnded()
  }

  rejected(error: unknown): unknown {
    this.fail(error)
    return this.#runEnded()
  }

  #runEnded(): unknown {
    const { direct } = this
    this.direct = false
    this.resume(this.plan.steps.length, false)
    return direct ? this.#settleDirectly() : undefined
  }

  /** What the promise that follows the run becomes: the call's end, or a wait for it. */
  #settleDirectly(): unknown {
    if (!this.#over) return this.#wait()
    const { kind, value } = this
    const result = this.#asOutcome ? outcomeOf(this) : kind === SUCCEEDED ? value : this.error
    this.release()
    if (kind === SUCCEEDED || this.#asOutcome) return result
    throw result
  }

  /**
   * Ends the call from outside: by the step at `by`, or by the caller (-1). Whatever the call waits for is let
   * go, and the given end passes all steps outward like any other.
   */
  cancel(by: number, kind: Kind, value: unknown): void {
    if (this.#over || this.#pendingBy !== NOT_CANCELLED) return
    // Only somebody further out may still overrule a cancellation that is on its way outward.
    if (this.cancelled && by >= this.#cancelledBy) return
    this.#pendingBy = by
    this.#pendingKind = kind
    this.#pendingValue = value
    // A listener or the operation itself may cancel while the call is on the move: the walk then heeds it.
    if (this.#walking) return
    this.#walking = true
    this.time = UNREAD
    this.#walk(this.#heed(this.#index, WAIT, true), false)
  }

  /** For the step at `by` and those further out, its cancellation is from now on an ordinary end. */
  uncancel(by: number): void {
    if (this.#cancelledBy === by) this.#cancelledBy = NOT_CANCELLED
  }

  /** The caller's signal is aborted. */
  handleEvent(): void {
    this.cancel(-1, ABORTED, this.options.signal?.reason)
  }

  #begin(operation: Operation<unknown>, options: CallOptions | undefined): void {
    this.start(operation, options)
    this.#over = false
    this.direct = !this.plan.interrupts && this.#settled === undefined && options?.signal === undefined
    this.#cancelledBy = NOT_CANCELLED
    this.#pendingBy = NOT_CANCELLED
    const owner = this.plan.owner
    this.#startedAt = owner !== undefined && owner.observed ? this.now() : UNREAD
    if (options?.signal?.aborted === true) {
      this.kind = ABORTED
      this.value = options.signal.reason
      this.#finish()
    } else {
      this.#walk(0, true)
    }
  }

  #wait(): Promise<unknown> {
    // From here on the promise made here tells the end, and not one that follows a later run.
    this.direct = false
    const promise = new Promise(this.#capture)
    this.#listen()
    return promise
  }

  /** Listens to the caller's signal only from when there is something to wait for. */
  #listen(): void {
    const signal = this.options.signal
    if (signal === undefined) return
    if (signal.aborted) {
      this.handleEvent()
    } else {
      this.#listening = true
      signal.addEventListener('abort', this)
    }
  }

  #walk(start: number, startInward: boolean): void {
    const { length } = this.plan.steps
    let index = start
    let inward = startInward
    this.#walking = true
    while (index >= 0) {
      if (index > length) throw new Error('broken invariant: a step turned inward past the operation')
      this.#index = index
      const flow = inward ? this.#goInward() : this.#goOutward()
      index = this.#index
      if (this.#pendingBy !== NOT_CANCELLED) {
        index = this.#heed(index, flow, inward)
        inward = false
      } else if (flow === WAIT) {
        if (this.#resumeAt === NOT_RESUMED) {
          this.#walking = false
          return
        }
        index = this.#resumeAt
        inward = this.#resumeInward
        this.#resumeAt = NOT_RESUMED
      } else {
        if (flow === TURN) inward = !inward
        index += inward ? 1 : -1
      }
    }
    this.#walking = false
    this.#finish()
  }

  /** Enters steps, and then the operation, as long as nothing but "next" is answered. */
  #goInward(): Flow {
    const { links } = this.plan
    try {
      for (;;) {
        const index = this.#index
        if (index === links.length) return this.#runOperation()
        const link = links[index]!
        const flow = link.enter.call(link.step, this, index)
        if (flow !== NEXT || this.#pendingBy !== NOT_CANCELLED) return flow
        this.#index = index + 1
      }
    } catch (error) {
      // The operation threw, or a callback of the user's: the call fails with that.
      this.time = UNREAD
      this.fail(error)
      return TURN
    }
  }

  /** Leaves steps as long as nothing but "next" is answered. */
  #goOutward(): Flow {
    const { links } = this.plan
    try {
      for (;;) {
        const index = this.#index
        const link = links[index]!
        const flow = link.leave.call(link.step, this, index)
        if (flow !== NEXT || index === 0 || this.#pendingBy !== NOT_CANCELLED) return flow
        this.#index = index - 1
      }
    } catch (error) {
      // A predicate of the user's threw: the call fails with that.
      this.fail(error)
      return NEXT
    }
  }

  #runOperation(): Flow {
    const result = this.#run.start(this.operation, this.attempt)
    if (result === PENDING) return WAIT
    this.time = UNREAD
    this.succeed(result)
    return TURN
  }

  /** Puts a cancellation into effect where the call stands; returns the index to go outward from. */
  #heed(index: number, flow: Flow, inward: boolean): number {
    const step = this.plan.steps[index]
    const hasValue = inward ? flow === TURN && step === undefined : flow === NEXT
    if (hasValue && this.kind === SUCCEEDED) discard(this.value)
    this.#cancelledBy = this.#pendingBy
    this.#pendingBy = NOT_CANCELLED
    this.kind = this.#pendingKind
    this.value = this.#pendingValue
    // A wait that is over already: whoever was let in by it is left again.
    if (flow === WAIT && this.#resumeAt !== NOT_RESUMED) {
      this.#resumeAt = NOT_RESUMED
      return this.#resumeInward ? index : index - 1
    }
    if (flow === WAIT && step === undefined) {
      const run = this.#run
      this.#run = new Run(this)
      ;(this.abandoned ??= []).push(run)
      run.abandon(this.value)
    } else if (flow === WAIT || (flow === TURN && !inward)) {
      step!.cancel(this, index)
    }
    // A step that has just let the call in is left again; one that refused it, or waited, is not.
    return flow === NEXT && inward ? index : index - 1
  }

  #finish(): void {
    this.#over = true
    if (this.#listening) {
      this.#listening = false
      this.options.signal!.removeEventListener('abort', this)
    }
    if (this.#startedAt !== UNREAD) this.plan.owner!.reportEnd(this, this.now() - this.#startedAt)
    if (this.#settled !== undefined) {
      this.#settled(this)
    } else if (this.#resolve !== undefined) {
      if (this.#asOutcome) this.#resolve(outcomeOf(this))
      else if (this.kind === SUCCEEDED) this.#resolve(this.value)
      else this.#reject!(this.error)
      this.release()
    }
  }
}
