// Runs in Temporal's sandbox, where a workflow must be deterministic and may import nothing of ours: decisions are asked for
// by a local activity, which may be anything, so that a new version of a saga never breaks the replay of an old one.
// @ts-expect-error -- the package is there only where Temporal is
import * as sdk from '@temporalio/workflow'
import type { AskedStep, NextTurn, SagaStart, Turn } from './turn.js'
import type { SagaRequest } from '../queries/saga-record.js'
import type { StepOutcome } from '../decisions/saga-event.js'
import type { WorkflowSdk } from './workflow-sdk.js'

/** Not more often than this is a step's activity asked by Temporal, and after this long without a sign of life elsewhere. */
const HEARTBEAT_MS = 5_000
/** Beyond a step's own limit, which its activity keeps: only a worker that stands still is that late. */
const GRACE_MS = 10_000

const temporal: WorkflowSdk = sdk
const decisions = temporal.proxyLocalActivities({
  startToCloseTimeout: 60_000,
  retry: { initialInterval: 100, maximumAttempts: 2 },
})

type Scope = InstanceType<WorkflowSdk['CancellationScope']>
type Command = NextTurn['commands'][number]
type StepCommand = Exclude<Command, { readonly type: 'wake' }>

/** One saga, of whatever type. It answers with its last turn. */
// oxlint-disable-next-line no-default-export -- Temporal takes it for workflows of every name
export default async function sagaWorkflow(start: SagaStart): Promise<NextTurn> {
  const saga = new WorkflowSaga(start)
  temporal.setHandler(temporal.defineSignal<[SagaRequest]>('request'), (request) => {
    saga.events.push({ ...request, at: Date.now() })
  })
  // Whoever cancels the workflow turns the saga back; what undoes it is not cancelled.
  temporal.CancellationScope.current().cancelRequested.catch(() => {
    saga.events.push({ type: 'cancelled', message: 'cancelled in Temporal', at: Date.now() })
  })
  return await temporal.CancellationScope.nonCancellable(() => saga.run())
}

/**
 * The worker that has the task cannot decide, for it does not know the saga or its version; a local activity is asked by that one alone.
 * What is no failure of Temporal's fails the task and not the workflow: the task goes back to the queue, for another worker to take.
 */
function putBack(error: unknown): never {
  throw new Error('cannot decide how the saga goes on: another worker must', { cause: error })
}

/** Goes from turn to turn: what has happened is decided on, what follows is done, what comes of that has happened. */
class WorkflowSaga {
  readonly #start: SagaStart
  readonly #inFlight = new Map<string, Scope>()
  #isBegun = false
  #wake: { readonly at: number; readonly scope: Scope } | undefined
  readonly events: Turn['events'][number][]
  turn: NextTurn

  constructor(start: SagaStart) {
    this.#start = start
    this.events = [...start.events]
    this.turn = { version: start.version, state: start.state, commands: [] }
  }

  async run(): Promise<NextTurn> {
    for (;;) {
      await this.#takeTurn()
      for (const command of this.turn.commands) this.#perform(command)
      const { status } = this.turn.state
      const isDone = status === 'done' || status === 'compensated'
      if (isDone && this.#inFlight.size === 0 && this.events.length === 0) break
      await temporal.condition(() => this.events.length > 0)
      if (this.#inFlight.size === 0 && temporal.workflowInfo().continueAsNewSuggested)
        await this.#continueAsNew()
    }
    this.#wake?.scope.cancel()
    return this.turn
  }

  async #takeTurn(): Promise<void> {
    const { version, state } = this.turn
    const events = this.events.splice(0)
    const next: Turn = { ...this.#start, version, state, events, at: Date.now(), ...this.#beginning() }
    this.turn = (await decisions.takeTurn(next).catch(putBack)) as NextTurn
    const { status } = this.turn.state
    // Whoever asks how it is reads this. A query would have to be answered by a worker, and where it comes while a local activity is
    // under way, the worker records the activity and what follows from it in two tasks, which no other worker can replay: the saga
    // would stand still, with TMPRL1100.
    temporal.upsertMemo({ status, turn: { version: this.turn.version, state: this.turn.state } })
    if (status === state.status) return
    if (status !== 'running' && status !== 'compensating') await this.#tellParent()
  }

  /** When the saga began, once: a clock that is wrong elsewhere moves no deadline and no timer. */
  #beginning(): Pick<Turn, 'beganAt'> {
    if (this.#start.isNew !== true || this.#isBegun) return {}
    this.#isBegun = true
    return { beganAt: temporal.workflowInfo().startTime.getTime() }
  }

  #perform(command: Command): void {
    if (command.type === 'wake') return this.#wakeAt(command.at)
    const { type, step, attempt } = command
    const flight = `${type === 'compensate' ? 'undo.' : ''}${step}.${attempt}`
    const running = this.#inFlight.get(flight)
    if (type === 'settle') {
      if (running !== undefined) running.cancel()
      else this.#end(command, { type: 'unknown', message: 'it was not under way any more' })
      return
    }
    if (running !== undefined) return
    const scope = new temporal.CancellationScope({ cancellable: true })
    this.#inFlight.set(flight, scope)
    void scope
      .run(() => this.#ask(flight, command, type))
      .then((outcome) => {
        this.#inFlight.delete(flight)
        this.#end(command, outcome)
      })
  }

  #end({ step, attempt }: { readonly step: string; readonly attempt: number }, outcome: StepOutcome): void {
    this.events.push({ type: 'step-ended', step, attempt, outcome, at: Date.now() })
  }

  #wakeAt(at: number): void {
    if (this.#wake?.at === at) return
    this.#wake?.scope.cancel()
    const scope = new temporal.CancellationScope({ cancellable: true })
    this.#wake = { at, scope }
    void scope
      .run(() => temporal.sleep(Math.max(1, at - Date.now())))
      .then(() => this.events.push({ type: 'woken', at: Math.max(at, Date.now()) }))
      .catch(() => {})
  }

  async #ask(
    flight: string,
    { step, attempt, limitMs }: StepCommand,
    type: 'run' | 'compensate',
  ): Promise<StepOutcome> {
    const steps = temporal.proxyActivities({
      activityId: flight,
      summary: step,
      startToCloseTimeout: limitMs + GRACE_MS,
      heartbeatTimeout: HEARTBEAT_MS,
      // A worker that died with the step under way: it is asked again by its key.
      retry: { initialInterval: 500, maximumInterval: 10_000 },
      cancellationType: temporal.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    })
    const { sagaId, name, parent } = this.#start
    const { version, state } = this.turn
    const asked: AskedStep = { sagaId, name, version, parent, state, command: { type, step, attempt } }
    try {
      return (await steps.askStep(asked)) as StepOutcome
    } catch (error) {
      return { type: 'unknown', message: error instanceof Error ? error.message : String(error) }
    }
  }

  /** A history grows with every step; a saga that lives for years goes on with a fresh one. */
  async #continueAsNew(): Promise<void> {
    const { memo = {} } = temporal.workflowInfo()
    const { version, state } = this.turn
    await temporal.makeContinueAsNewFunc<typeof sagaWorkflow>({ memo })({
      ...this.#start,
      version,
      state,
      events: this.events,
      isNew: false,
    })
  }

  /** A parent that does not hear of it asks by itself, a little later. */
  async #tellParent(): Promise<void> {
    const { parent, sagaId } = this.#start
    if (parent === undefined) return
    const request: SagaRequest = { type: 'woken', step: sagaId.slice(parent.length + 1) }
    await temporal
      .getExternalWorkflowHandle(parent)
      .signal('request', request)
      .catch(() => {})
  }
}
