import { Call } from '../promise/call.js'
import { HappyPath } from './happy-path.js'
import type { Step } from './step.js'

/** Calls of one pool that are used again: as many as were ever in flight at once, up to this. */
const POOLED_CALLS_MAX = 256

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
  private made: number = 0

  take(plan: Plan): Call {
    const call = this.idle
    if (call === undefined) return this.make(plan)
    this.idle = call.nextIdle
    call.plan = plan
    return call
  }

  giveBack(call: Call): void {
    if (!call.isPooled) return
    call.nextIdle = this.idle
    this.idle = call
  }

  private make(plan: Plan): Call {
    this.made += 1
    return new Call(plan, this.made <= POOLED_CALLS_MAX)
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
