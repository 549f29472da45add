import type { Frame } from './frame.js'
import type { HappyPath } from './happy-path.js'
import type { Step } from './step.js'

/**
 * A step's hooks at fixed places. Calling them through the step itself would be a look-up by shape, and every
 * kind of step has another: twelve of those are a third of a call through six policies.
 */
export class Link {
  readonly step: Step
  readonly enter: Step['enter']
  readonly leave: Step['leave']

  constructor(step: Step) {
    this.step = step
    // oxlint-disable-next-line typescript/unbound-method -- always called with its step as `this`
    this.enter = step.enter
    // oxlint-disable-next-line typescript/unbound-method -- always called with its step as `this`
    this.leave = step.leave
  }
}

/** How a driver makes its frames. */
export interface FrameMaker<F extends Frame> {
  newFrame(plan: Plan<F>, isPooled: boolean): F
}

/** Frames of one pool that are used again: as many as were ever in flight at once, up to this. */
const POOLED_FRAMES_MAX = 256

/** Free frames, linked by themselves: a list that needs no array. */
export class FramePool<F extends Frame = Frame> {
  private readonly maker: FrameMaker<F>
  private idle: Frame | undefined = undefined
  private made: number = 0

  constructor(maker: FrameMaker<F>) {
    this.maker = maker
  }

  take(plan: Plan<F>): F {
    const frame = this.idle as F | undefined
    if (frame === undefined) return this.make(plan)
    this.idle = frame.nextIdle
    frame.plan = plan
    return frame
  }

  /** One for other plans of the same driver. */
  another(): FramePool<F> {
    return new FramePool(this.maker)
  }

  giveBack(frame: F): void {
    if (!frame.isPooled) return
    frame.nextIdle = this.idle
    this.idle = frame
  }

  private make(plan: Plan<F>): F {
    this.made += 1
    return this.maker.newFrame(plan, this.made <= POOLED_FRAMES_MAX)
  }
}

/** The steps of a pipeline in order, outermost first, and the frames that calls through it reuse. */
export class Plan<F extends Frame = Frame> {
  /** One for each step, outermost first. */
  readonly links: readonly Link[]
  /** Reports how whole calls ended; its calls go by its time and its chance. */
  readonly owner: Step
  readonly frames: FramePool<F>
  readonly happyPath: HappyPath | undefined
  /** The inner parts of this plan that steps run apart from their calls, by the index of their first step. */
  inners: (Plan<F> | undefined)[] | undefined = undefined

  constructor(steps: readonly Step[], owner: Step, frames: FramePool<F>, happyPath?: HappyPath) {
    this.links = steps.map((step) => new Link(step))
    this.owner = owner
    this.frames = frames
    this.happyPath = happyPath
  }
}
