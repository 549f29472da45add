import type { Frame } from './frame.js'
import type { HappyPath } from './happy-path.js'
import type { Step } from './step.js'

/** Frames of one pool that are kept for further calls. */
const IDLE_FRAMES_MAX = 256

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
