import type { CallOptions, Operation } from '../operation/operation.js'
import type { Outcome } from '../outcome/outcome.js'
import { Frame } from './frame.js'
import type { Step } from './step.js'

/** Frames kept for reuse by one plan: as many as calls that were ever in flight at once, up to this. */
const IDLE_FRAMES_MAX = 256

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

/** The steps of a pipeline in order, outermost first, and the frames that calls through it reuse. */
export class Plan {
  readonly steps: readonly Step[]
  readonly links: readonly Link[]
  /** Reports how whole calls ended; undefined for the inner part of a plan. */
  readonly owner: Step | undefined
  /** Whether a step may end a call while its operation is still running. */
  readonly interrupts: boolean
  /** Free frames, linked by themselves: a list that needs no array. */
  #idle: Frame | undefined = undefined
  #idleCount: number = 0
  #inner: (Plan | undefined)[] | undefined = undefined

  constructor(steps: readonly Step[], owner: Step | undefined) {
    this.steps = steps
    this.links = steps.map((step) => new Link(step))
    this.owner = owner
    this.interrupts = steps.some((step) => step.interrupts)
  }

  execute(operation: Operation<unknown>, options: CallOptions | undefined): Promise<unknown> {
    return this.take().startExecute(operation, options)
  }

  outcome(operation: Operation<unknown>, options: CallOptions | undefined): Promise<Outcome<unknown>> {
    return this.take().startOutcome(operation, options)
  }

  /** The steps from `index` on as a plan of its own, for a step that runs them apart from its call. */
  inner(index: number): Plan {
    this.#inner ??= []
    return (this.#inner[index] ??= new Plan(this.steps.slice(index), undefined))
  }

  take(): Frame {
    const frame = this.#idle
    if (frame === undefined) return new Frame(this)
    this.#idle = frame.nextIdle
    this.#idleCount -= 1
    frame.nextIdle = undefined
    return frame
  }

  giveBack(frame: Frame): void {
    if (this.#idleCount === IDLE_FRAMES_MAX) return
    frame.nextIdle = this.#idle
    this.#idle = frame
    this.#idleCount += 1
  }
}
