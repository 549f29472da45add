import type { Clock } from '../clock/clock.js'
import { discard } from '../outcome/discard.js'
import { SUCCEEDED, type Kind } from '../outcome/kind.js'
import { CallState, NO_OPTIONS } from './call-state.js'
import { NEXT, TURN, WAIT, type Flow } from './flow.js'
import type { HappyPath } from './happy-path.js'
import type { Run, RunOwner } from './run.js'
import { MOVING, OVER, WAITING, type Stage } from './stage.js'
import type { Step } from './step.js'

/** Nobody has cancelled the call: further in than any step. Otherwise the index of the step that did, -1 for the caller. */
const NOT_CANCELLED = 1e9
/** Nobody asked how long the call takes. */
export const UNTIMED = -1
/** Frames of one pool that are kept for further calls. */
const IDLE_FRAMES_MAX = 256

/**
 * One call on its way through the steps of a plan, as the steps see it.
 *
 * The engine is the loop in `walk`: inward until the operation or a refusal, outward until the call is over, and
 * back inward where a step asks for another try. Nothing is nested: no promise, closure or stack frame for each
 * policy, so that six policies cost little more than one.
 *
 * How an operation is started, and how a caller is told, is the driver's, which extends this class. Frames are
 * reused: whoever may call back after its call must be able to tell that the call is gone. None of their fields
 * is a `#field`; `HappyPath` says why.
 */
export abstract class Frame extends CallState implements RunOwner {
  /** Whose call this is; of one kind with the plan that the frame was made for. */
  plan: Plan
  /** What each step keeps for this call, by the step's index. */
  readonly slots: readonly unknown[]
  /** The next one that is free, while this one is. */
  nextIdle: Frame | undefined
  stage: Stage = OVER
  /** Who gets this frame when it is over, if it runs on behalf of a step. */
  settled: ((branch: Frame) => void) | undefined
  /** Which step the call stands at; the operation, if it came there at once, and while there is no call. */
  index: number
  startedAt: number = UNTIMED
  /** Where the call goes on whose wait a step has ended while it was on the move. */
  private resumed: Resumption | undefined
  private cancelledBy: number = NOT_CANCELLED
  /** A cancellation that has not taken effect yet. */
  pending: Cancellation | undefined

  constructor(plan: Plan) {
    super()
    this.plan = plan
    this.slots = plan.steps.map((step, index) => step.newSlot(this, index))
    this.index = this.slots.length
  }

  override get clock(): Clock {
    return this.plan.owner.runtime.clock
  }

  /** Abandons the run that is under way. */
  protected abstract giveUpRun(reason: unknown): Run

  /**
   * Starts the operation. `WAIT` when it will call `runSettled`; `TURN` when it is over, and the frame holds how it
   * ended.
   */
  abstract launch(): Flow

  /** The call has passed all steps outward: tells its caller. */
  protected abstract conclude(): void

  /**
   * Waits for what a callback of the user's has begun, and then tells how that ended. `false` when there is nothing to
   * wait for: `answer` is the answer itself. A driver that has no way of its own waits for promises.
   */
  awaits?(answer: unknown, ended: (kind: Kind, value: unknown) => void): boolean

  /** The run has ended. */
  runSettled(kind: Kind, value: unknown): void {
    this.goOn()
    this.end(kind, value)
    this.walk(this.slots.length, false)
  }

  dueAt(): number {
    return this.deadline
  }

  /** Lets go of everything that belonged to the call, and gives the frame back. */
  release(): void {
    this.operation = this.value = this.abandoned = this.settled = undefined
    this.options = NO_OPTIONS
    this.attempt = 1
    this.deadline = Infinity
    this.index = this.slots.length
    this.cancelledBy = NOT_CANCELLED
    this.goOn()
    this.plan.frames.giveBack(this)
  }

  /** Somebody further out gave up: no step may start anything new for this call. */
  get cancelled(): boolean {
    return this.cancelledBy !== NOT_CANCELLED
  }

  /** Goes on after a wait in the step at `index`: inward past it, or outward from it. */
  resume(index: number, inward: boolean): void {
    this.goOn()
    if (this.stage !== MOVING) return this.walk(index, inward)
    // A listener that the waiting step called on its way in ended the wait: the walk goes on from there.
    this.resumed = { index, inward }
  }

  /**
   * Ends the call from outside: by the step at `by`, or by the caller (-1). Whatever the call waits for is let
   * go, and the given end passes all steps outward like any other.
   */
  cancel(by: number, kind: Kind, value: unknown): void {
    // Only somebody further out may still overrule a cancellation that is on its way outward.
    if (this.stage === OVER || this.pending !== undefined || by >= this.cancelledBy) return
    this.pending = { by, kind, value }
    // A listener or the operation itself may cancel while the call is on the move: the walk then heeds it.
    if (this.stage === MOVING) return
    this.stage = MOVING
    this.walk(this.heed(this.index, WAIT, true), false)
  }

  /** For the step at `by` and those further out, its cancellation is from now on an ordinary end. */
  uncancel(by: number): void {
    if (this.cancelledBy === by) this.cancelledBy = NOT_CANCELLED
  }

  /** Remembers when a whole call began, whose end somebody wants to know. */
  date(): void {
    if (this.plan.owner.reportsEnds) this.startedAt = this.now()
  }

  /** Tells them. */
  report(): void {
    const { startedAt } = this
    if (startedAt === UNTIMED) return
    this.startedAt = UNTIMED
    this.plan.owner.reportEnd(this, this.now() - startedAt)
  }

  /** Walks on from the step at `from`, or from the operation behind the last one, until the call waits or is over. */
  walk(from: number, isInward: boolean): void {
    const { steps } = this.plan
    let index = from
    let inward = isInward
    this.stage = MOVING
    while ((index += inward ? 1 : -1) >= 0) {
      this.index = index
      let flow: Flow
      try {
        if (!inward) flow = steps[index]!.leave(this, index)
        else flow = index < steps.length ? steps[index]!.enter(this, index) : this.launch()
      } catch (error) {
        // A callback of the user's threw, and the call fails with that.
        flow = inward ? TURN : NEXT
        this.goOn()
        this.failInstead(error)
      }
      if (this.pending !== undefined) {
        index = this.heed(index, flow, inward)
        inward = false
      } else if (flow === TURN) inward = !inward
      else if (flow === WAIT) {
        if (this.resumed === undefined) {
          this.stage = WAITING
          return
        }
        ;({ index, inward } = this.resumed)
        this.resumed = undefined
      }
    }
    this.stage = OVER
    this.report()
    if (this.settled === undefined) this.conclude()
    else this.settled(this)
  }

  /** Puts a cancellation into effect where the call stands; returns where the way outward begins. */
  heed(index: number, flow: Flow, inward: boolean): number {
    const { by, kind, value } = this.pending!
    const { resumed } = this
    this.goOn()
    if (flow === (inward ? TURN : NEXT) && this.kind === SUCCEEDED) discard(this.value)
    this.cancelledBy = by
    this.pending = this.resumed = undefined
    this.end(kind, value)
    // A step that has just let the call in, at once or after a wait, is left again; one that refused it, or waits, is not.
    if (resumed?.inward ?? (flow === NEXT && inward)) return index + 1
    const waits = flow === WAIT && resumed === undefined
    if (waits && index === this.slots.length) {
      ;(this.abandoned ??= []).push(this.giveUpRun(value))
    } else if (waits || (flow === TURN && !inward)) {
      this.plan.steps[index]!.cancel?.(this, index)
    }
    return index
  }
}

/** From where on a call goes, and which way. */
interface Resumption {
  readonly index: number
  readonly inward: boolean
}

/** The end that somebody has given to a call: the step at `by`, or its caller (-1). */
interface Cancellation {
  readonly by: number
  readonly kind: Kind
  readonly value: unknown
}

/**
 * Frames that are used again: as many as were ever in flight at once, up to a bound. Linked by themselves: an array of
 * them would cost a tenth of a call.
 */
export class FramePool<F extends Frame = Frame> {
  /** How the driver makes its frames. */
  readonly newFrame: (plan: Plan) => F
  private idle: Frame | undefined
  private count: number = 0

  constructor(newFrame: (plan: Plan) => F) {
    this.newFrame = newFrame
  }

  take(plan: Plan<F>): F {
    const frame = this.idle as F | undefined
    if (frame === undefined) return this.newFrame(plan)
    this.idle = frame.nextIdle
    this.count -= 1
    frame.plan = plan
    return frame
  }

  giveBack(frame: F): void {
    if (this.count === IDLE_FRAMES_MAX) return
    this.count += 1
    frame.nextIdle = this.idle
    this.idle = frame
  }
}

/** The steps of a pipeline in order, outermost first, and the frames that calls through it reuse. */
export class Plan<F extends Frame = Frame> {
  readonly steps: readonly Step[]
  /** Reports how whole calls ended; its calls go by its time and its chance. */
  readonly owner: Step
  readonly frames: FramePool<F>
  readonly happyPath: HappyPath | undefined
  /** The inner parts of this plan that steps run apart from their calls, by the index of their first step. */
  inners: (Plan<F> | undefined)[] | undefined

  constructor(steps: readonly Step[], owner: Step, frames: FramePool<F>, happyPath?: HappyPath) {
    this.steps = steps
    this.owner = owner
    this.frames = frames
    this.happyPath = happyPath
  }
}
