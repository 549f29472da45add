import type { EventType, Listener } from '../events/events.js'
import { OptionError } from '../options/option-error.js'
import { NEXT, type Flow } from '../engine/flow.js'
import type { Policy } from './policy.js'
import { HappyPath } from '../engine/happy-path.js'
import { FramePool, Plan } from '../engine/frame.js'
import { Step } from '../engine/step.js'
import { AtOnceCall, type Call } from './call.js'
import type { Layer } from './layer.js'
import { LayerStep } from './layer-step.js'
import { PolicyStep } from './policy-step.js'

/** What may come back from any of these policies besides the operation's own result. */
export type ExtraOf<P> = P extends Policy<infer Extra> ? Extra : P extends Layer<infer Extra> ? Extra : never

/**
 * Composes policies, outermost first: a call passes them in the order given and comes back in reverse.
 *
 * A pipeline is itself a policy; one inside another is the same as its policies in its place. Policies may be
 * shared: two pipelines with the same circuit breaker open and close together. What is not a policy of this package is
 * asked to `execute` what stands further in: see `Layer`.
 *
 * @throws {OptionError} when an argument is no policy: it has no `name`, or no `execute`
 * @example
 * const call = pipeline(
 *   timeout({ ms: 3_000 }),
 *   retry({ attempts: 3 }),
 *   timeout({ ms: 1_000 }),
 * )
 * const value = await call.execute(async ({ attempt }) => attempt)
 */
export function pipeline<const P extends readonly Layer<unknown>[]>(
  ...policies: P
): Policy<ExtraOf<P[number]>> {
  const steps = policies.flatMap((policy, index) => {
    if (policy instanceof Step) return policy.steps
    if (isLayer(policy)) return [new LayerStep(policy)]
    throw new OptionError(
      `cannot create pipeline: argument ${index + 1} must be a policy with a name and an execute, got ${policy === null ? 'null' : typeof policy}`,
      String(index),
    )
  })
  return new Pipeline(steps)
}

function isLayer(value: unknown): value is Layer<unknown> {
  if (typeof value !== 'object' || value === null) return false
  const { name, execute } = value as { name?: unknown; execute?: unknown }
  return typeof name === 'string' && typeof execute === 'function'
}

class Pipeline extends PolicyStep {
  readonly name = 'pipeline'
  readonly #steps: readonly Step[]

  constructor(steps: readonly Step[]) {
    super()
    this.#steps = steps
  }

  override get steps(): readonly Step[] {
    return this.#steps
  }

  protected override newPlan(): Plan<Call> {
    const happyPath = HappyPath.through(this.#steps)
    return happyPath === undefined
      ? super.newPlan()
      : new Plan(this.#steps, this, new FramePool((plan) => new AtOnceCall(plan)), happyPath)
  }

  override enter(): Flow {
    return NEXT
  }

  override on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    const stops = [super.on(type, listener), ...new Set(this.#steps)].map((one) =>
      one instanceof Step ? one.on(type, listener) : one,
    )
    return () => {
      for (const stop of stops) stop()
    }
  }

  protected override saveState(): unknown {
    return this.#steps.map((step) => step.snapshot())
  }

  protected override restoreState(state: unknown): void {
    if (!Array.isArray(state) || state.length !== this.#steps.length) {
      throw new OptionError(
        `cannot restore pipeline: the snapshot must have ${this.#steps.length} policies, ` +
          `got ${Array.isArray(state) ? state.length : typeof state}`,
        'snapshot',
      )
    }
    for (const [index, step] of this.#steps.entries()) step.restore(state[index])
  }
}
