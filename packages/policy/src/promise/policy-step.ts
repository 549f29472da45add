import { runtime, type Runtime } from '../clock/runtime.js'
import { FramePool, Plan } from '../engine/frame.js'
import { Step } from '../engine/step.js'
import type { Outcome } from '../outcome/outcome.js'
import { Call } from './call.js'
import type { CallOptions, Operation } from './operation.js'
import type { Policy } from './policy.js'

/** A step that is a policy of its own: it can be called, and promises drive the call. */
export abstract class PolicyStep extends Step implements Policy {
  override runtime: Runtime = runtime
  private ownPlan: Plan<Call> | undefined

  execute<T>(operation: Operation<T>, options?: CallOptions): Promise<T> {
    const { plan } = this
    return plan.frames.take(plan).start(operation, options, false) as Promise<T>
  }

  outcome<T>(operation: Operation<T>, options?: CallOptions): Promise<Outcome<T>> {
    const { plan } = this
    const refused =
      options?.signal === undefined && !this.reportsEnds ? plan.steps[0]?.refuseAtOnce?.() : undefined
    if (refused !== undefined) return Promise.resolve(refused)
    return plan.frames.take(plan).start(operation, options, true) as Promise<Outcome<T>>
  }

  private get plan(): Plan<Call> {
    return (this.ownPlan ??= this.newPlan())
  }

  protected newPlan(): Plan<Call> {
    return new Plan(this.steps, this, this.newPool())
  }

  /** The frames of its calls. Steps of one kind may share them, if their slots belong to no step. */
  protected newPool(): FramePool<Call> {
    return newCalls()
  }
}

export function newCalls(): FramePool<Call> {
  return new FramePool((plan) => new Call(plan))
}
