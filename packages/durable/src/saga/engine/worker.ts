import type { Clock, Random } from '@watertight/policy/decisions'
import { decide } from '../decisions/decide.js'
import { evolve } from '../decisions/evolve.js'
import type { SagaCommand } from '../decisions/saga-command.js'
import type { SagaEvent, StepOutcome } from '../decisions/saga-event.js'
import { isAskedAgain, isEnded, type SagaState } from '../decisions/saga-state.js'
import { stepPlan } from '../definition/saga-plan.js'
import type { SagaRequest } from '../queries/saga-record.js'
import type { DatabaseTime } from './database-time.js'
import type { Lanes } from './lanes.js'
import { LazyAbort } from './lazy-abort.js'
import { type LetGo, letGo, type Room } from './let-go.js'
import type { InFlight, SagaRun } from './saga-run.js'
import { takenRequests } from './taken-requests.js'
import type { SagaWriter } from './saga-writer.js'

export interface WorkerOptions {
  readonly writer: SagaWriter
  readonly lanes: Lanes
  readonly clock: Clock
  readonly time: DatabaseTime
  readonly random: Random
  /** Asks a step of a saga; never rejects. */
  readonly ask: (run: SagaRun, command: StepCommand, stop: LazyAbort) => Promise<StepOutcome>
  /** Resolves at once while the lease is held: what is not ours any more must not be begun. */
  readonly leaseHeld: () => Promise<void>
  /** Hears of every state that has been written. */
  readonly onWritten: (run: SagaRun) => void
  /** Hears that a saga was let go and is due again at this time of the database. */
  readonly onDue: (at: number) => void
  readonly onTrouble: (error: unknown, sagaId?: string) => void
}

export type StepCommand = SagaCommand & { readonly type: 'run' | 'compensate' }

interface NextState {
  readonly state: SagaState
  readonly consumed: number
  /** Undefined while it stays with its worker. */
  readonly going: LetGo | undefined
}

/** Takes the sagas that it has from state to state: what happens is written before anything follows from it. */
export class Worker {
  readonly #options: WorkerOptions
  readonly #runs = new Map<string, SagaRun>()
  #isStopping = false

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  get runs(): ReadonlyMap<string, SagaRun> {
    return this.#runs
  }

  get isIdle(): boolean {
    return [...this.#runs.values()].every(({ inFlight, isWriting }) => inFlight.size === 0 && !isWriting)
  }

  /** Begins no step any more. */
  stop(): void {
    this.#isStopping = true
  }

  /** Goes on with a saga whose state is written, and that nobody else has. */
  adopt(run: SagaRun): void {
    this.#runs.set(run.id, run)
    if (run.isMoved || run.events.length > 0) void this.#write(run)
    else this.#perform(run)
  }

  /** Goes on with a saga that was claimed as it is due, with what it had been told. */
  claim(run: SagaRun, requests: readonly SagaRequest[]): void {
    // It was lost and has come back before that was known here.
    const before = this.#runs.get(run.id)
    if (before !== undefined) this.drop(before)
    this.#runs.set(run.id, run)
    this.#taken(run, requests, () => {
      run.events.push({ type: 'woken', at: this.#options.time.now() })
      this.adopt(run)
    })
  }

  /**
   * Takes in the requests that the row of a saga held at this revision, those that came since the last time. A row that was
   * read before the last write says nothing of what that took off.
   */
  takeRequests(run: SagaRun, revision: number, requests: readonly SagaRequest[]): void {
    if (run.isTaking || run.isWriting || revision !== run.revision) return
    const fresh = requests.slice(run.requestsTaken)
    if (fresh.length > 0) this.#taken(run, fresh, () => void this.#write(run))
  }

  /** When the state has moved on while payloads were checked, the same requests are found again. */
  #taken(run: SagaRun, requests: readonly SagaRequest[], goOn: () => void): void {
    const { revision } = run
    const taken = takenRequests(run.definition, run.state, requests)
    const takeIn = (events: Awaited<typeof taken>): void => {
      run.isTaking = false
      if (run.isGone || run.isWriting || revision !== run.revision) return
      run.requestsTaken += events.length
      const at = this.#options.time.now()
      for (const event of events) run.events.push({ ...event, at })
      goOn()
    }
    run.isTaking = taken instanceof Promise
    if (taken instanceof Promise) void taken.then(takeIn)
    else takeIn(taken)
  }

  tell(run: SagaRun, ...events: readonly SagaEvent[]): void {
    run.events.push(...events)
    if (!run.isWriting && !run.isGone) void this.#write(run)
  }

  /** The saga is not ours any more, or need not be. What it has under way is told to stop; nobody waits for it. */
  drop(run: SagaRun): void {
    run.isGone = true
    run.wakeTimer?.cancel()
    if (this.#runs.get(run.id) === run) this.#runs.delete(run.id)
    for (const flight of run.inFlight.values()) {
      flight.place.leave()
      flight.stop.abort(new Error(`cannot go on with saga ${run.id}: another worker has it`))
    }
  }

  async #write(run: SagaRun): Promise<void> {
    run.isWriting = true
    try {
      while (run.events.length > 0 || run.isMoved) {
        // What changes nothing is gone on with before anything else is: it takes the room that it has found.
        const next = this.#next(run)
        if (next !== undefined && !(await this.#record(run, next))) return
      }
    } catch (error) {
      // The database does not take this state, whatever is done; the lease ends, and another attempt is made then.
      this.#options.onTrouble(error, run.id)
      this.drop(run)
      return
    } finally {
      run.isWriting = false
    }
    this.#perform(run)
  }

  /** What all that has happened so far leads to; undefined when nothing is to be written. */
  #next(run: SagaRun): NextState | undefined {
    const { plan } = run.definition
    const events = run.events.splice(0)
    const consumed = run.requestsTaken
    const state = events.reduce((before: SagaState, event) => evolve(plan, before, event), run.state)
    const isUnchanged = state === run.state && consumed === 0 && !run.isMoved
    const going = run.isBusy
      ? undefined
      : letGo(plan, state, decide(plan, state), this.#options.time.now(), this.#roomFor(run, isUnchanged))
    return isUnchanged && going === undefined ? undefined : { state, consumed, going }
  }

  /** One that has just been claimed is not written for a few who were faster. */
  #roomFor(run: SagaRun, isUnchanged: boolean): Room {
    const { lanes } = this.#options
    return {
      lanes,
      has: ({ step, attempt, dependency, isAgain }) => {
        if (isUnchanged) return !lanes.of(dependency).isCrowded
        // What waits its turn already has a place, unless it is one of too many.
        const own = run.inFlight.has(keyOf(step, attempt)) ? 1 : 0
        return lanes.placesFor(dependency, isAgain) + own > 0
      },
    }
  }

  /** Writes it. False when the saga is not here any more. */
  async #record(run: SagaRun, { state, consumed, going }: NextState): Promise<boolean> {
    const { writer, onWritten, onDue } = this.#options
    const { id, epoch, revision } = run
    const isOurs = await writer.write({
      id,
      version: run.definition.version,
      epoch,
      revision,
      state,
      consumed,
      status: state.status,
      ended: isEnded(state),
      kept: going === undefined,
      dueAt: going?.dueAt ?? null,
      waitsFor: going?.waitsFor ?? null,
    })
    if (isOurs) {
      run.state = state
      run.revision += 1
      run.requestsTaken -= consumed
      run.isMoved = false
      onWritten(run)
    }
    if (isOurs && going === undefined) return true
    this.drop(run)
    if (isOurs && going?.dueAt !== null && going?.dueAt !== undefined) onDue(going.dueAt)
    return false
  }

  #perform(run: SagaRun): void {
    if (run.isGone) return
    const commands = decide(run.definition.plan, run.state)
    run.wakeTimer?.cancel()
    for (const command of commands) {
      if (command.type === 'wake') this.#wakeAt(run, command.at)
      else if (command.type === 'settle') this.#settle(run, command.step, command.attempt)
      else if (!run.inFlight.has(keyOf(command.step, command.attempt)))
        this.#launch(run, { ...command, type: command.type })
    }
  }

  /** For a saga that has something else under way; any other is let go until then. */
  #wakeAt(run: SagaRun, at: number): void {
    const { clock, time } = this.#options
    run.wakeTimer = clock.setTimer(Math.max(0, at - time.now()), () =>
      this.tell(run, { type: 'woken', at: time.now() }),
    )
  }

  #launch(run: SagaRun, command: StepCommand): void {
    const { lanes, ask, leaseHeld } = this.#options
    const { step, attempt } = command
    const key = keyOf(step, attempt)
    const work = async (): Promise<void> => {
      await leaseHeld()
      if (run.isGone || this.#isStopping || !run.inFlight.has(key)) {
        run.inFlight.delete(key)
        return
      }
      flight.begun = true
      const outcome = await ask(run, command, flight.stop)
      run.inFlight.delete(key)
      this.#tellEnd(run, step, attempt, outcome)
    }
    const lane = lanes.of(stepPlan(run.definition.plan, step).dependency)
    const place = lane.enter(work, isAskedAgain(run.state, step))
    const flight: InFlight = { stop: new LazyAbort(), begun: false, place }
    run.inFlight.set(key, flight)
  }

  #settle(run: SagaRun, step: string, attempt: number): void {
    const key = keyOf(step, attempt)
    const flight = run.inFlight.get(key)
    if (flight?.begun === true) {
      flight.stop.abort(new Error(`cannot go on with step ${step}: its saga has turned back`))
      return
    }
    flight?.place.leave()
    run.inFlight.delete(key)
    // An earlier attempt, of this process or of one that is gone, may have been heard.
    this.#tellEnd(run, step, attempt, { type: 'unknown', message: 'the saga turned back before it answered' })
  }

  #tellEnd(run: SagaRun, step: string, attempt: number, outcome: StepOutcome): void {
    const { time, random } = this.#options
    if (!run.isGone)
      this.tell(run, { type: 'step-ended', at: time.now(), step, attempt, outcome, chance: random() })
  }
}

const keyOf = (step: string, attempt: number): string => `${step}#${attempt}`
