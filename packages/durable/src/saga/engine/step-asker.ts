import { inBackground, withoutDeadline } from '@watertight/http/server'
import type { Clock } from '@watertight/policy/decisions'
import type { StepOutcome } from '../decisions/saga-event.js'
import { firstNameOf, isAskedAgain, type SagaState } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import type { TracedWork, Tracing } from '@watertight/telemetry'
import { inSpan } from '../../tracing/in-span.js'
import { stepPlan } from '../definition/saga-plan.js'
import { childCompensated } from '../definition/child-step.js'
import { childOutcome } from './child-outcome.js'
import { errorText } from '../../failure/error-text.js'
import type { LazyAbort } from './lazy-abort.js'
import { contextOf, runStep, stepKeyOf, type StepCall } from './run-step.js'
import type { SagaRun } from './saga-run.js'
import type { StepCommand } from './worker.js'

/** Whose child a saga is, if anyone's, and its state; whether it was ended from outside, so that nobody goes on with it. */
export interface FoundChild {
  readonly parent: string | undefined
  readonly state: SagaState
  readonly isEndedOutside?: boolean
}

/** What asking a step that is a saga needs of an engine. */
export interface Children {
  /** The saga that there is under the id of a child. */
  readonly find: (id: string) => Promise<FoundChild | undefined>
  /** Starts the child, unless there is one. */
  readonly start: (child: SagaDefinition, id: string, input: unknown, parent: string) => Promise<unknown>
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
    const id = stepKeyOf(run.id, firstNameOf(run.state, call.plan.name))
    try {
      return await (call.direction === 'run'
        ? this.#runChild(run, call, { child, id })
        : this.#undoChild(run, call, { child, id }))
    } catch (error) {
      return { type: 'unknown', message: errorText(error) }
    }
  }

  /** The input is asked for until there is a child, and never again: it need not be the same twice. */
  async #runChild(run: SagaRun, call: StepCall, { child, id }: ChildOf): Promise<StepOutcome> {
    let found = call.attempt === 1 ? undefined : await this.#children.find(id)
    if (found === undefined) {
      await this.#children.start(child, id, await call.code.run(contextOf(call)), run.id)
      found = await this.#children.find(id)
    }
    if (found === undefined) throw new Error(`cannot read child saga ${id}: there is none with this id`)
    if (found.isEndedOutside === true)
      throw new Error(`cannot wait for child saga ${id}: its workflow was ended from outside`)
    if (found.parent === run.id) return childOutcome(found.state, 'run', call.attempt)
    return { type: 'refused', code: childCompensated, message: `id ${id} was given to another saga before` }
  }

  async #undoChild(run: SagaRun, call: StepCall, { child, id }: ChildOf): Promise<StepOutcome> {
    const found = await this.#children.find(id)
    if (found !== undefined && found.parent !== run.id)
      return { type: 'done', note: `nothing to undo: id ${id} is that of another saga` }
    return childOutcome(await this.#children.undo(child, id, run.id), 'compensate', call.attempt)
  }
}

interface ChildOf {
  readonly child: SagaDefinition
  readonly id: string
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
