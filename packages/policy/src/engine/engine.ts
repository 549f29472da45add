import type { Runtime } from '../clock/runtime.js'
import { OptionError } from '../options/option-error.js'
import type { Policy } from '../promise/policy.js'
import type { CallTraits } from './call-state.js'
import { CallbackCall } from './callback-call.js'
import { HappyPath } from './happy-path.js'
import type { Operation } from './operation.js'
import { FramePool, Plan } from './frame.js'
import { Step } from './step.js'

/** A call that an engine has started. */
export interface EngineCall {
  /** Whoever made the call has gone: it ends now, and what it has started is stopped. Nothing once it is over. */
  cancel(reason: unknown): void
}

/**
 * Policies as callbacks drive them: for a proxy on sockets, for a simulation in virtual time, for any protocol.
 *
 * It makes no promise and goes by the clock and the chance that it is given, so there may be thousands of engines,
 * each in a time of its own. What the policies do is the same, event by event, as under promises; listen to their
 * events, and read and restore their state, at the policy itself. A `Layer` of your own makes promises here too.
 *
 * @throws {OptionError} when a policy is none of this package, or belongs to another engine already
 * @example
 * const engine = new Engine(pipeline(timeout({ ms: 1_000 }), retry({ attempts: 2 })), {
 *   clock: virtualClock(),
 *   random: seededRandom(1),
 * })
 * engine.start({
 *   start: (attempt) => attempt.succeed(`try ${attempt.number}`),
 *   stop: () => {},
 *   ended: (outcome) => console.log(outcome.ok && outcome.value), // try 1
 * })
 */
export class Engine {
  private readonly plan: Plan<CallbackCall>

  constructor(policy: Policy<unknown>, runtime: Runtime) {
    if (!(policy instanceof Step)) {
      throw new OptionError(
        `cannot create engine: policy must be a policy of this package, got ${policy === null ? 'null' : typeof policy}`,
        'policy',
      )
    }
    for (const step of new Set([policy, ...policy.steps])) bind(step, runtime)
    this.plan = new Plan(
      policy.steps,
      policy,
      new FramePool((plan) => new CallbackCall(plan)),
      HappyPath.through(policy.steps),
    )
  }

  /** Starts a call. Its operation may be started, and the call may be over, before this returns. */
  start(operation: Operation, options?: CallTraits): EngineCall {
    const { plan } = this
    const frame = plan.frames.take(plan)
    const call = new StartedCall(frame)
    frame.operation = operation
    if (options !== undefined) frame.options = options
    frame.start()
    return call
  }
}

/** Steps that belong to an engine: few do, so they are not the ones to carry a mark. */
const bound: WeakSet<Step> = new WeakSet()

function bind(step: Step, runtime: Runtime): void {
  if (bound.has(step) && step.runtime !== runtime) {
    throw new OptionError(`cannot create engine: ${step.name} must belong to no other engine`, 'policy')
  }
  bound.add(step)
  step.bind(runtime)
}

/** Frames are used again, so a handle has to know which use was its own. */
class StartedCall implements EngineCall {
  private readonly call: CallbackCall
  private readonly serial: number

  constructor(call: CallbackCall) {
    this.call = call
    this.serial = call.serial
  }

  cancel(reason: unknown): void {
    this.call.abort(this.serial, reason)
  }
}
