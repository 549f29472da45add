import { isTransient } from '../store/is-transient.js'
import { afterFailure } from './decisions/after-failure.js'
import { callHandlers } from './call-handlers.js'
import { causeOf, describeError, FencedError, HandlerError } from './errors.js'
import type { OwnedPartitions } from './owned-partitions.js'
import { dueEvents, type DueEvent } from './queries/due-events.js'
import { lockPositions } from './queries/lock-positions.js'
import { settleRetry } from './queries/settle-retry.js'
import { startRetry } from './queries/start-retry.js'
import { takeEvents, unparkEvents } from './queries/unpark-events.js'
import { waitingEvents } from './queries/waiting-events.js'
import { inboxIdOf } from './inbox-id-of.js'
import type { EventRecord } from './received-event.js'
import type { Subscription } from './subscription.js'

const DUE_MAX = 100

export interface ParkedOptions {
  /** How many of those that have only waited share a transaction. */
  readonly batchMax: number
  /** Whether it is time for something else. */
  readonly isOver: () => boolean
}

export interface ParkedRound {
  /** How many events it has dealt with. */
  readonly count: number
  /** Whether there are more whose time has come. */
  readonly isMore: boolean
}

/**
 * Tries parked events again when their time has come: one transaction each for those that have failed before, many in one for
 * those that have only waited behind one. A key goes on as fast as it comes in, or it would never catch up.
 */
export class ParkedProcessor {
  readonly #subscription: Subscription
  readonly #owned: OwnedPartitions
  readonly #options: ParkedOptions

  constructor(subscription: Subscription, owned: OwnedPartitions, options: ParkedOptions) {
    this.#subscription = subscription
    this.#owned = owned
    this.#options = options
  }

  /** Goes on while there are more, up to twice as many as a batch holds: what comes in meanwhile is fewer. */
  async processDue(): Promise<ParkedRound> {
    let count = 0
    for (;;) {
      const look = await this.#look()
      count += look.count
      if (!look.isMore || count >= this.#subscription.batchMax * 2 || this.#options.isOver())
        return { count, isMore: look.isMore }
    }
  }

  async #look(): Promise<ParkedRound> {
    const { store, group, topic } = this.#subscription
    const { partitions } = this.#owned
    if (partitions.length === 0) return { count: 0, isMore: false }
    const due = await dueEvents(store, group, topic.name, { partitions, limit: DUE_MAX })
    let count = 0
    let isMore = due.length === DUE_MAX
    for (const parked of due) {
      const { event, state } = parked
      const together = this.#isAlone(parked) ? [event] : [event, ...(await this.#waitingBehind(event))]
      count += together.length
      if (state === 'discard') isMore = (await this.#discard(parked)) || isMore
      else if (together.length > 1) isMore = (await this.#retryTogether(together)) || isMore
      else isMore = (await this.#retry(parked)) || isMore
    }
    return { count, isMore }
  }

  /** Whether it, or one behind it, may be to blame for a failure or the end of a process: then it is tried by itself. */
  #isAlone({ state, event, attempts, hasFailed }: DueEvent): boolean {
    if (state === 'discard' || event.key === null || this.#options.batchMax === 1) return true
    return attempts > 0 || hasFailed || this.#owned.isSuspect(event)
  }

  async #waitingBehind(first: EventRecord): Promise<EventRecord[]> {
    const { store, group, topic } = this.#subscription
    const limit = this.#options.batchMax - 1
    return await waitingEvents(store, group, topic.name, { first, limit })
  }

  /** One event, its attempt counted before it starts. Resolves to whether the next of its key is due now. */
  async #retry({ event, attempts }: Pick<DueEvent, 'event' | 'attempts'>): Promise<boolean> {
    const { store, group, topic, attemptsMax, handlerDeadlineMs } = this.#subscription
    if (attempts >= attemptsMax) {
      // The last attempt was started and never came to an end.
      const end = { event, attempts, counted: attempts, state: 'dead', delayMs: 0, error: null } as const
      await settleRetry(store, group, topic.name, end)
      return false
    }
    const deadlineMs = handlerDeadlineMs * 2
    if (!(await startRetry(store, group, topic.name, { event, attempts, deadlineMs }))) return false
    const started = attempts + 1
    try {
      return await this.#handle([event], started)
    } catch (error) {
      await this.#settle(event, { attempts: started, started }, error)
      return false
    }
  }

  /** The first of a key and those behind it, none of which was tried before. */
  async #retryTogether(events: readonly EventRecord[]): Promise<boolean> {
    const [first, ...others] = events
    if (first === undefined) return false
    try {
      return await this.#handle(events, 0)
    } catch (error) {
      if (causeOf(error) instanceof FencedError) throw causeOf(error)
      const failed = error instanceof HandlerError ? events[error.index] : undefined
      if (error instanceof HandlerError && error.index > 0)
        await this.#retryTogether(events.slice(0, error.index))
      else if (failed === undefined && others.length > 0 && !isTransient(error))
        return await this.#oneByOne(events)
      await this.#settle(failed ?? first, { attempts: 0, started: 1 }, error)
      return false
    }
  }

  /** The commit was refused, or the time was up: which one it was shows when they go one by one. */
  async #oneByOne(events: readonly EventRecord[]): Promise<boolean> {
    let hasNext = true
    for (const event of events) {
      if (!hasNext) break
      hasNext = await this.#retry({ event, attempts: 0 })
    }
    return hasNext
  }

  async #handle(events: readonly EventRecord[], attempts: number): Promise<boolean> {
    const { store, group, topic, handlerDeadlineMs } = this.#subscription
    return await store.transaction(
      async (transaction) => {
        await this.#fence(transaction, events)
        const { wereThere, hasNext } = await unparkEvents(transaction, group, topic.name, {
          events,
          attempts,
        })
        if (!wereThere) throw this.#fenced(events)
        const ids = events.map((event) => inboxIdOf(topic, event))
        const fresh = await takeEvents(transaction, group, topic.name, ids)
        await callHandlers(this.#subscription, transaction, events, fresh)
        return hasNext
      },
      { deadlineMs: handlerDeadlineMs },
    )
  }

  async #discard({ event, attempts }: DueEvent): Promise<boolean> {
    const { store, group, topic } = this.#subscription
    return await store.transaction(async (transaction) => {
      await this.#fence(transaction, [event])
      return (await unparkEvents(transaction, group, topic.name, { events: [event], attempts })).hasNext
    })
  }

  /** Says what becomes of an event that has `attempts` in the database, of which `started` would count. */
  async #settle(
    event: EventRecord,
    { attempts, started }: { readonly attempts: number; readonly started: number },
    error: unknown,
  ): Promise<void> {
    const { store, group, topic, random, onError } = this.#subscription
    const cause = causeOf(error)
    if (cause instanceof FencedError) throw cause
    // What the database did is not held against the event.
    const counted = isTransient(cause) ? started - 1 : started
    const next = afterFailure(counted, this.#subscription, random)
    await settleRetry(store, group, topic.name, {
      event,
      attempts,
      counted,
      error: describeError(cause),
      state: next.state,
      delayMs: next.state === 'retry' ? next.delayMs : 0,
    })
    onError(cause)
  }

  async #fence(
    transaction: Parameters<typeof lockPositions>[0],
    events: readonly EventRecord[],
  ): Promise<void> {
    const { group, topic, member } = this.#subscription
    const partitions = [events[0]!.partition]
    const [locked] = await lockPositions(transaction, group, topic.name, { member, partitions })
    if (locked?.isOwn !== true) throw this.#fenced(events)
  }

  #fenced([event]: readonly EventRecord[]): FencedError {
    const { topic, member } = this.#subscription
    const partition = event!.partition
    this.#owned.forget(partition)
    return new FencedError(
      `cannot retry an event: partition ${partition} of ${topic.name} must be held by ${member}`,
    )
  }
}
