import { inBackground, withoutDeadline } from '@watertight/http/server'
import type { Clock } from '@watertight/policy/decisions'
import type { StepOutcome } from '../decisions/saga-event.js'
import { isAskedAgain, type SagaState } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import type { TracedWork, Tracing } from '@watertight/telemetry'
import { inSpan } from '../../tracing/in-span.js'
import { stepPlan } from '../definition/saga-plan.js'
import { childOutcome } from './child-outcome.js'
import { errorText } from '../../failure/error-text.js'
import type { LazyAbort } from './lazy-abort.js'
import { contextOf, runStep, stepKeyOf, type StepCall } from './run-step.js'
import type { SagaRun } from './saga-run.js'
import type { StepCommand } from './worker.js'

/** What asking a step that is a saga needs of an engine. */
export interface Children {
  /** Starts the child, unless there is one; resolves to its state. */
  readonly start: (child: SagaDefinition, id: string, input: unknown, parent: string) => Promise<SagaState>
  /** Undoes the child; one that was never begun never will be. Resolves to its state. */
  readonly undo: (child: SagaDefinition, id: string, parent: string) => Promise<SagaState>
}

/** Asks steps: those that are code by calling it, those that are sagas by starting, watching and undoing them. */
export class StepAsker {
  readonly #clock: Clock
  readonly #children: Children
  readonly #tracing: Tracing | undefined

  constructor(clock: Clock, children: Children, tracing: Tracing | undefined) {
    this.#clock = clock
    this.#children = children
    this.#tracing = tracing
  }

  async ask(run: SagaRun, command: StepCommand, stop: LazyAbort): Promise<StepOutcome> {
    const { type, step, attempt } = command
    const { definition, state } = run
    const code = definition.code.get(step)
    if (code === undefined)
      throw new Error(`cannot ask step ${step} of saga ${definition.name}: it has no code`)
    const plan = stepPlan(definition.plan, step)
    const call = { sagaId: run.id, plan, code, state, attempt, direction: type, clock: this.#clock, stop }
    // A saga outlives the request that has started it, or whose hint has set this worker going.
    const { child } = code
    // Whoever waited has been answered by the time that it is asked again: what others wait for goes before.
    const outlive = isAskedAgain(state, step) && child === undefined ? inBackground : withoutDeadline
    return await outlive(() =>
      inSpan(
        this.#tracing,
        tracedStep(run, command),
        () => (child === undefined ? runStep(call) : this.#askChild(run, call, child)),
        ({ type: outcome }) =>
          outcome === 'unknown' ? { outcome, failure: { code: outcome } } : { outcome },
      ),
    )
  }

  async #askChild(run: SagaRun, call: StepCall, child: SagaDefinition): Promise<StepOutcome> {
    const id = stepKeyOf(run.id, call.plan.name)
    try {
      const state =
        call.direction === 'compensate'
          ? await this.#children.undo(child, id, run.id)
          : await this.#children.start(child, id, await call.code.run(contextOf(call)), run.id)
      return childOutcome(state, call.direction)
    } catch (error) {
      return { type: 'unknown', message: errorText(error) }
    }
  }
}

/** The span of one try of a step or of its compensation, in the trace in which the saga was started. */
function tracedStep(
  { id, definition: { name }, state }: SagaRun,
  { type, step, attempt }: StepCommand,
): TracedWork {
  const { traceParent } = state
  return {
    kind: 'internal',
    name: type === 'run' ? `${name} ${step}` : `${name} undo ${step}`,
    attributes: {
      'watertight.saga.name': name,
      'watertight.saga.id': id,
      'watertight.saga.step': step,
      'watertight.saga.attempt': attempt,
    },
    parent: traceParent === undefined ? undefined : { traceParent },
  }
}
