import { runtime } from '../clock/runtime.js'
import type { CallOptions, Operation } from '../operation/operation.js'
import { PENDING, Run, type RunOwner } from '../operation/run.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import type { Outcome } from '../outcome/outcome.js'
import { refusalError, RefusalError, type Refusal } from '../outcome/refusal.js'
import { NEXT, TURN, WAIT, type Flow } from './flow.js'
import type { Plan } from './plan.js'
import { outcomeOf, type Reject, type Resolve } from './settlement.js'

/** Nobody has cancelled the call; otherwise the index of the step that did, -1 for the caller. */
const NOT_CANCELLED = -2
/** The clock has not been read since the call last went on. */
const UNREAD = -1

const NO_OPTIONS: CallOptions = Object.freeze({})

/**
 * One call on its way through the steps of a plan.
 *
 * The engine is the loop in `walk`: inward until the operation or a refusal, outward until the call is over, and
 * back inward where a step asks for another try. Nothing is nested: no promise, closure or stack frame for each
 * policy, so that six policies cost little more than one.
 *
 * Frames are reused: a frame goes back to its plan when its call is over. Whoever may call
 * back later than that must be able to tell that its call is gone.
 */
export class Frame implements RunOwner {
  readonly plan: Plan
  /** What each step keeps for this call, by the step's index. */
  readonly slots: readonly unknown[]
  operation: Operation<unknown> = nothing
  options: CallOptions = NO_OPTIONS
  /** Which try this is, from 1. */
  attempt: number = 1
  /** When the innermost limit in force passes. */
  deadline: number = Infinity
  kind: Kind = SUCCEEDED
  /** The result, the error, or the `Refusal`, as `kind` says. */
  value: unknown = undefined
  /** The value came from elsewhere than the operation. */
  fallback: boolean = false
  /** Runs that this call stopped waiting for, in order; they may still be under way. */
  abandoned: Run[] | undefined = undefined

  /** The call ends when its operation does, unless a step then waits: nothing can end it earlier. */
  direct: boolean = false

  /** The next frame that is free, while this one is. */
  nextIdle: Frame | undefined = undefined
  /** Reused from try to try and from call to call, until one is abandoned. */
  #run: Run
  #index: number = 0
  #time: number = UNREAD
  #lastRead: number = UNREAD
  #startedAt: number = UNREAD
  #walking: boolean = false
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
    this.plan = plan
    this.slots = plan.steps.map((step) => step.newSlot())
    this.#run = new Run(this)
  }

  startExecute(operation: Operation<unknown>, options: CallOptions | undefined): Promise<unknown> {
    this.#asOutcome = false
    this.#begin(operation, options)
    if (!this.#over) return this.#run.following ?? this.#wait()
    const promise = this.kind === SUCCEEDED ? Promise.resolve(this.value) : Promise.reject(this.error as Error)
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
    this.operation = nothing
    this.options = NO_OPTIONS
    this.value = undefined
    this.abandoned = undefined
    this.#pendingValue = undefined
    this.#resolve = undefined
    this.#reject = undefined
    this.#settled = undefined
    this.attempt = 1
    this.deadline = Infinity
    this.fallback = false
    this.plan.giveBack(this)
  }

  /** The failure as an error: a refusal becomes one when it is first looked at. */
  get error(): unknown {
    if (this.kind === REFUSED && !(this.value instanceof RefusalError)) {
      this.value = refusalError(this.value as Refusal)
    }
    return this.value
  }

  /** The time at which the call last went on: the clock is read once for all steps that ask. */
  now(): number {
    if (this.#time === UNREAD) {
      this.#time = runtime.clock.now()
      this.#lastRead = this.#time
    }
    return this.#time
  }

  /** The time at which the clock was last read for this call: for those who can do with an earlier time. */
  lastNow(): number {
    return this.#lastRead === UNREAD ? this.now() : this.#lastRead
  }

  /** Somebody further out gave up: no step may start anything new for this call. */
  get cancelled(): boolean {
    return this.#cancelledBy !== NOT_CANCELLED
  }

  succeed(value: unknown): void {
    this.kind = SUCCEEDED
    this.value = value
  }

  fail(error: unknown): void {
    this.kind = FAILED
    this.value = error
  }

  refuse(refusal: Refusal): void {
    this.kind = REFUSED
    this.value = refusal
  }

  /** Goes on after a wait in the step at `index`: inward past it, or outward from it. */
  resume(index: number, inward: boolean): void {
    this.#time = UNREAD
    this.#walk(inward ? index + 1 : index - 1, inward)
  }

  fulfilled(value: unknown): unknown {
    const { direct } = this
    this.direct = false
    this.succeed(value)
    this.resume(this.plan.steps.length, false)
    return direct ? this.#settleDirectly() : undefined
  }

  rejected(error: unknown): unknown {
    const { direct } = this
    this.direct = false
    this.fail(error)
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
    if (this.#over || this.cancelled || this.#pendingBy !== NOT_CANCELLED) return
    this.#pendingBy = by
    this.#pendingKind = kind
    this.#pendingValue = value
    // A listener or the operation itself may cancel while the call is on the move: the walk then heeds it.
    if (this.#walking) return
    this.#walking = true
    this.#time = UNREAD
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
    this.operation = operation
    if (options !== undefined) this.options = options
    this.#over = false
    this.direct = !this.plan.interrupts && this.#settled === undefined && options?.signal === undefined
    this.#cancelledBy = NOT_CANCELLED
    this.#time = UNREAD
    this.#lastRead = UNREAD
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
      assert(index <= length, 'a step turned inward past the operation')
      this.#index = index
      const flow = inward ? this.#goInward() : this.#goOutward()
      index = this.#index
      if (this.#pendingBy !== NOT_CANCELLED) {
        index = this.#heed(index, flow, inward)
        inward = false
      } else if (flow === WAIT) {
        this.#walking = false
        return
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
    this.#time = UNREAD
    this.succeed(result)
    return TURN
  }

  /** Puts a cancellation into effect where the call stands; returns the index to go outward from. */
  #heed(index: number, flow: Flow, inward: boolean): number {
    const step = this.plan.steps[index]
    if (flow === NEXT && !inward && this.kind === SUCCEEDED) discard(this.value)
    this.#cancelledBy = this.#pendingBy
    this.#pendingBy = NOT_CANCELLED
    this.kind = this.#pendingKind
    this.value = this.#pendingValue
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
    if (this.#startedAt !== UNREAD) this.#report()
    if (this.#settled !== undefined) {
      this.#settled(this)
    } else if (this.#resolve !== undefined) {
      if (this.#asOutcome) this.#resolve(outcomeOf(this))
      else if (this.kind === SUCCEEDED) this.#resolve(this.value)
      else this.#reject!(this.error)
      this.release()
    }
  }

  #report(): void {
    const owner = this.plan.owner!
    const durationMs = this.now() - this.#startedAt
    if (this.kind === SUCCEEDED) owner.emit('success', { durationMs, fallback: this.fallback })
    else if (this.kind === FAILED) owner.emit('failure', { durationMs, error: this.error })
    else if (this.kind === REFUSED) owner.emit('refused', { durationMs, error: this.error })
    else owner.emit('aborted', { durationMs, error: this.error })
  }
}

function nothing(): void {}

function assert(condition: boolean, broken: string): void {
  if (!condition) throw new Error(`broken invariant: ${broken}`)
}
