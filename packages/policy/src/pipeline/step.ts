import { Emitter } from '../events/emitter.js'
import type { EventType, Listener, PolicyEvents } from '../events/events.js'
import type { CallOptions, Operation } from '../operation/operation.js'
import type { Outcome } from '../outcome/outcome.js'
import { FAILED, REFUSED, SUCCEEDED } from '../outcome/kind.js'
import type { RetryBudget } from '../retry-budget/retry-budget.js'
import { NEXT, type Flow } from './flow.js'
import type { Frame } from './frame.js'
import { Plan } from './plan.js'
import type { Policy } from './policy.js'
import type { Settled } from './settlement.js'
import { checkSnapshotOf, type Snapshot } from './snapshot.js'

/**
 * A policy as the pipeline's engine sees it: hooks by which a call passes it inward and outward.
 *
 * One step serves any number of calls at once, so what belongs to one call lives in a slot of the call's frame.
 */
export abstract class Step implements Policy {
  abstract readonly name: string
  #emitter: Emitter | undefined = undefined
  #plan: Plan | undefined = undefined

  /** Whether this step may end a call while its operation is still running. */
  get interrupts(): boolean {
    return false
  }

  /** The retry budget to which this step reports first tries, if it has one. */
  get budget(): RetryBudget | undefined {
    return undefined
  }

  /** What this step keeps for one call. Slots are reused by later calls, so `enter` must reset them. */
  newSlot(): unknown {
    return undefined
  }

  /** A call arrives on its way in. */
  abstract enter(frame: Frame, index: number): Flow

  /** A call that this step let in comes back, with how it ended in the frame. */
  leave(_frame: Frame, _index: number): Flow {
    return NEXT
  }

  /** A call that waits in this step is cancelled: end the wait. `leave` is not called for it. */
  cancel(_frame: Frame, _index: number): void {}

  /** The steps that a pipeline inlines in place of this one. */
  get steps(): readonly Step[] {
    return [this]
  }

  execute<T>(operation: Operation<T>, options?: CallOptions): Promise<T> {
    return this.plan.execute(operation, options) as Promise<T>
  }

  outcome<T>(operation: Operation<T>, options?: CallOptions): Promise<Outcome<T>> {
    return this.plan.outcome(operation, options) as Promise<Outcome<T>>
  }

  get plan(): Plan {
    return (this.#plan ??= new Plan(this.steps, this))
  }

  on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    const emitter = (this.#emitter ??= new Emitter())
    emitter.on(type, listener)
    return onlyOnce(() => {
      emitter.off(type, listener)
    })
  }

  /** Whether anybody listens: the cheap question before an event is made. */
  get observed(): boolean {
    return this.#emitter !== undefined && !this.#emitter.idle
  }

  emit<T extends EventType>(type: T, detail: PolicyEvents[T]): void {
    this.#emitter?.emit(type, this.name, detail)
  }

  /** Tells those who listen how a whole call ended. */
  reportEnd({ kind, error, fallback }: Settled, durationMs: number): void {
    if (kind === SUCCEEDED) this.emit('success', { durationMs, fallback })
    else if (kind === FAILED) this.emit('failure', { durationMs, error })
    else if (kind === REFUSED) this.emit('refused', { durationMs, error })
    else this.emit('aborted', { durationMs, error })
  }

  snapshot(): Snapshot {
    return { version: 1, policy: this.name, state: this.saveState() }
  }

  restore(snapshot: Snapshot): void {
    checkSnapshotOf(this.name, snapshot)
    this.restoreState(snapshot.state)
  }

  /** State worth keeping as plain JSON; `null` when there is none. */
  protected saveState(): unknown {
    return null
  }

  protected restoreState(_state: unknown): void {}
}

function onlyOnce(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}
