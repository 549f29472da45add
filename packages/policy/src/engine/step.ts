import type { EventType, Listener, PolicyEvents } from '../events/events.js'
import {
  deliver,
  LISTENERS_MAX,
  NO_SUBSCRIPTIONS,
  type Subscription,
  type Subscriptions,
} from '../events/subscriptions.js'
import type { Runtime } from '../clock/runtime.js'
import type { RetryBudget } from '../retry-budget/retry-budget.js'
import { NEXT, type Flow } from './flow.js'
import type { Frame } from './frame.js'
import type { HappyPlace } from './happy-place.js'
import { SUCCEEDED } from '../outcome/kind.js'
import type { Failure } from '../outcome/outcome.js'
import type { Settled } from './settled.js'
import { checkSnapshotOf, type Snapshot } from './snapshot.js'

/**
 * A policy as the pipeline's engine sees it: hooks by which a call passes it inward and outward.
 *
 * One step serves any number of calls at once, so what belongs to one call lives in a slot of the call's frame.
 */
export abstract class Step {
  abstract readonly name: string
  /** The time and the chance that this step goes by. */
  abstract runtime: Runtime
  /** Whether anybody wants to know how whole calls end. */
  reportsEnds: boolean = false
  private subscriptions: Subscriptions = NO_SUBSCRIPTIONS

  /** Goes by this time and this chance from now on. */
  bind(runtime: Runtime): void {
    this.runtime = runtime
  }

  /** What time it is for this step, in monotonic milliseconds. */
  protected get now(): number {
    return this.runtime.clock.now()
  }

  /** The retry budget to which this step reports first tries, if it has one. */
  declare readonly budget?: RetryBudget | undefined

  /**
   * This step's place on the happy path of a plan: `'anywhere'` if such calls pass through it without a trace, none if it
   * has to see every call.
   */
  place?(): HappyPlace | undefined

  /**
   * The end of a call that has not begun, when this step refuses it whatever it may be, and nobody listens;
   * undefined when the call must come in to find out.
   */
  refuseAtOnce?(): Failure | undefined

  /** What this step keeps for one call. Slots are reused by later calls, so `enter` must reset them. */
  newSlot(_frame: Frame, _index: number): unknown {
    return undefined
  }

  /** A call arrives on its way in. */
  abstract enter(frame: Frame, index: number): Flow

  /** A call that this step let in comes back, with how it ended in the frame. */
  leave(_frame: Frame, _index: number): Flow {
    return NEXT
  }

  /** A call that waits in this step is cancelled: end the wait. `leave` is not called for it. */
  cancel?(frame: Frame, index: number): void

  /** The steps that a pipeline inlines in place of this one. */
  get steps(): readonly Step[] {
    return [this]
  }

  on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    if (this.subscriptions.filter((one) => one.type === type).length >= LISTENERS_MAX)
      throw new RangeError(`cannot listen to '${type}': at most ${LISTENERS_MAX} listeners are allowed`)
    const subscription: Subscription = { type, listener, reported: false }
    this.hear([...this.subscriptions, subscription])
    return () => this.hear(this.subscriptions.filter((one) => one !== subscription))
  }

  /** Whether anybody listens: the cheap question before an event is made. */
  get observed(): boolean {
    return this.subscriptions.length > 0
  }

  private hear(subscriptions: Subscriptions): void {
    this.subscriptions = subscriptions
    this.reportsEnds = subscriptions.some(({ type }) => (END_EVENTS as readonly EventType[]).includes(type))
  }

  emit<T extends EventType>(type: T, detail: PolicyEvents[T]): void {
    deliver(this.subscriptions, type, this.name, detail)
  }

  /** Tells those who listen how a whole call ended. */
  reportEnd({ kind, error, fallback }: Settled, durationMs: number): void {
    if (kind === SUCCEEDED) this.emit('success', { durationMs, fallback })
    else this.emit(END_EVENTS[kind], { durationMs, error })
  }

  snapshot(): Snapshot {
    return { version: 1, policy: this.name, state: this.saveState?.() ?? null }
  }

  restore(snapshot: Snapshot): void {
    checkSnapshotOf(this.name, snapshot)
    this.restoreState?.(snapshot.state)
  }

  /** State worth keeping as plain JSON; `null` when there is none. */
  protected saveState?(): unknown

  protected restoreState?(state: unknown): void
}

/** By how a call ended: see `Kind`. */
const END_EVENTS = ['success', 'failure', 'refused', 'aborted'] as const
