import type { Frame } from './frame.js'
import type { HappyPath } from './happy-path.js'
import type { Step } from './step.js'

/** Frames of one pool that are used again: as many as were ever in flight at once, up to this. */
const POOLED_FRAMES_MAX = 256

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
  /** Frames for plans of one step, by the kind of its slots. */
  readonly sharedPools: Map<string, FramePool<F>>
}

/** Free frames, linked by themselves: a list that needs no array. */
export class FramePool<F extends Frame = Frame> {
  readonly maker: FrameMaker<F>
  private idle: F | undefined = undefined
  private made: number = 0

  constructor(maker: FrameMaker<F>) {
    this.maker = maker
  }

  take(plan: Plan<F>): F {
    const frame = this.idle
    if (frame === undefined) return this.make(plan)
    this.idle = frame.nextIdle as F | undefined
    frame.plan = plan
    return frame
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

/**
 * Plans of one step whose slots belong to no step share their frames: of policies by key there may be a hundred
 * thousand, and each would keep a frame of its own that outweighs it.
 */
function poolFor<F extends Frame>(steps: readonly Step[], maker: FrameMaker<F>): FramePool<F> {
  const [only, ...others] = steps
  const kind = others.length === 0 ? only?.sharedSlots : undefined
  if (kind === undefined) return new FramePool(maker)
  let pool = maker.sharedPools.get(kind)
  if (pool === undefined) maker.sharedPools.set(kind, (pool = new FramePool(maker)))
  return pool
}

/** The steps of a pipeline in order, outermost first, and the frames that calls through it reuse. */
export class Plan<F extends Frame = Frame> {
  /** One for each step, outermost first. */
  readonly links: readonly Link[]
  /** Reports how whole calls ended; its calls go by its time and its chance. */
  readonly owner: Step
  /** Whether a step may end a call while its operation is still running. */
  readonly interrupts: boolean
  readonly happyPath: HappyPath | undefined
  readonly frames: FramePool<F>
  /** The inner parts of this plan that steps run apart from their calls, by the index of their first step. */
  inners: (Plan<F> | undefined)[] | undefined = undefined

  constructor(steps: readonly Step[], owner: Step, maker: FrameMaker<F>, happyPath?: HappyPath) {
    this.links = steps.map((step) => new Link(step))
    this.owner = owner
    this.interrupts = steps.some((step) => step.interrupts)
    this.happyPath = happyPath
    this.frames = poolFor(steps, maker)
  }
}
