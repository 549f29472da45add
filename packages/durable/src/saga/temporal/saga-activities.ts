import { systemRandom } from '@watertight/policy/decisions'
import { decide } from '../decisions/decide.js'
import type { SagaEvent, StepOutcome } from '../decisions/saga-event.js'
import type { SagaState } from '../decisions/saga-state.js'
import { stepPlan, type SagaPlan } from '../definition/saga-plan.js'
import { beginAnew } from '../engine/begin-traced.js'
import { LazyAbort } from '../engine/lazy-abort.js'
import type { SagaRequest } from '../queries/saga-record.js'
import { takenRequests } from '../engine/taken-requests.js'
import type { SagaRegistry } from '../engine/saga-registry.js'
import { SagaRun } from '../engine/saga-run.js'
import type { StepAsker } from '../engine/step-asker.js'
import { boundedEvolve, boundedOutcome } from './state-bytes-max.js'
import type { AskedStep, NextTurn, Turn } from './turn.js'
import type { TemporalSdk } from './temporal-sdk.js'

const HEARTBEAT_EVERY_MS = 1_000

/** What workflows ask of a worker: what to do next, and to do it. */
export class SagaActivities {
  readonly #registry: SagaRegistry
  readonly #activity: TemporalSdk['activity']
  readonly #asker: StepAsker
  readonly #onTrouble: (error: unknown, sagaId: string) => void

  constructor(
    registry: SagaRegistry,
    { activity }: Pick<TemporalSdk, 'activity'>,
    asker: StepAsker,
    onTrouble: (error: unknown, sagaId: string) => void,
  ) {
    this.#registry = registry
    this.#activity = activity
    this.#asker = asker
    this.#onTrouble = onTrouble
  }

  /** By the names under which workflows know them. */
  get byName(): Record<string, (given: never) => Promise<unknown>> {
    return {
      takeTurn: (turn: Turn) => this.#takeTurn(turn),
      askStep: (asked: AskedStep) => this.#askStep(asked),
    }
  }

  async #takeTurn(turn: Turn): Promise<NextTurn> {
    const { events, at, beganAt } = turn
    const { definition, state: known } = this.#resolve(turn, at)
    const { plan } = definition
    const moved = beganAt === undefined ? known : beginAnew(plan, known, beganAt)
    const happened = await Promise.all(
      events.map(async (event): Promise<SagaEvent> => {
        if (event.type === 'step-ended') return { ...event, chance: systemRandom() }
        const [taken = event] = await takenRequests(definition, moved, [event as SagaRequest])
        return { ...taken, at: event.at }
      }),
    )
    const state = happened.reduce((before, event) => boundedEvolve(plan, before, event), moved)
    return { version: definition.version, state, commands: commandsOf(plan, state) }
  }

  async #askStep({ sagaId, name, version, parent, state, command }: AskedStep): Promise<StepOutcome> {
    const { definition } = this.#resolve({ sagaId, name, version, state }, Date.now())
    const context = this.#activity.Context.current()
    const stop = new LazyAbort()
    const onCancelled = (): void =>
      stop.abort(new Error(`cannot wait for step ${command.step}: the saga turned back`))
    if (context.cancellationSignal.aborted) onCancelled()
    context.cancellationSignal.addEventListener('abort', onCancelled)
    // A cancellation is heard of only in the answer to a sign of life.
    const beat = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS)
    try {
      const run = new SagaRun({
        id: sagaId,
        definition,
        parent: parent ?? null,
        epoch: 1,
        revision: 0,
        state,
      })
      return boundedOutcome(definition.plan, await this.#asker.ask(run, command, stop))
    } finally {
      clearInterval(beat)
    }
  }

  #resolve(
    { sagaId, name, version, state }: Pick<AskedStep, 'sagaId' | 'name' | 'version' | 'state'>,
    at: number,
  ): ReturnType<SagaRegistry['resolve']> & object {
    const resolved = this.#registry.resolve(name, version, state, at)
    if (resolved !== undefined) return resolved
    // Temporal asks again, until a worker that knows it is there.
    const error = new Error(
      `cannot go on with saga ${name}: a worker of its task queue must know its version ${version}`,
    )
    this.#onTrouble(error, sagaId)
    throw error
  }
}

function commandsOf(plan: SagaPlan, state: SagaState): NextTurn['commands'] {
  return decide(plan, state).map((command) => {
    if (command.type === 'wake') return command
    const { timeoutMs, compensationTimeoutMs } = stepPlan(plan, command.step)
    return { ...command, limitMs: command.type === 'compensate' ? compensationTimeoutMs : timeoutMs }
  })
}
