import { Call } from './call.js'
import { HappyPath } from './happy-path.js'
import type { Step } from './step.js'

/** Frames kept for reuse by one pool: as many as calls that were ever in flight at once, up to this. */
const IDLE_CALLS_MAX = 256

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

/** Free frames, linked by themselves: a list that needs no array. */
class CallPool {
  private idle: Call | undefined = undefined
  private count: number = 0

  take(plan: Plan): Call {
    const frame = this.idle
    if (frame === undefined) return new Call(plan)
    this.idle = frame.nextIdle
    this.count -= 1
    frame.plan = plan
    return frame
  }

  giveBack(frame: Call): void {
    if (this.count === IDLE_CALLS_MAX) return
    frame.nextIdle = this.idle
    this.idle = frame
    this.count += 1
  }
}

/**
 * Plans of one step whose slots belong to no step share their frames: of policies by key there may be a hundred
 * thousand, and each would keep a frame of its own that outweighs it.
 */
const sharedPools = new Map<Step['sharedSlots'], CallPool>()

function poolFor(steps: readonly Step[]): CallPool {
  const [only, ...others] = steps
  const kind = others.length === 0 ? only?.sharedSlots : undefined
  if (kind === undefined) return new CallPool()
  let pool = sharedPools.get(kind)
  if (pool === undefined) sharedPools.set(kind, (pool = new CallPool()))
  return pool
}

/** The steps of a pipeline in order, outermost first, and the frames that calls through it reuse. */
export class Plan {
  /** One for each step, outermost first. */
  readonly links: readonly Link[]
  /** Reports how whole calls ended; undefined for the inner part of a plan. */
  readonly owner: Step | undefined
  /** Whether a step may end a call while its operation is still running. */
  readonly interrupts: boolean
  /** Whether the owner wants to know how whole calls end. */
  reportsEnds: boolean = false
  readonly happyPath: HappyPath | undefined
  readonly calls: CallPool
  private inners: (Plan | undefined)[] | undefined = undefined

  constructor(steps: readonly Step[], owner: Step | undefined) {
    this.links = steps.map((step) => new Link(step))
    this.owner = owner
    this.interrupts = steps.some((step) => step.interrupts)
    this.happyPath = HappyPath.through(steps)
    this.calls = poolFor(steps)
  }

  /** The steps from `index` on as a plan of its own, for a step that runs them apart from its call. */
  inner(index: number): Plan {
    this.inners ??= []
    return (this.inners[index] ??= new Plan(
      this.links.slice(index).map(({ step }) => step),
      undefined,
    ))
  }
}
