import { isTransient } from '../store/is-transient.js'
import { callHandlers } from './call-handlers.js'
import { afterFailure } from './decisions/after-failure.js'
import { causeOf, describeError, FencedError, HandlerError } from './errors.js'
import type { OwnedPartitions } from './owned-partitions.js'
import { countAttempt } from './queries/count-attempt.js'
import { parkEvents } from './queries/park-events.js'
import { recordBatch } from './queries/record-batch.js'
import { inboxIdOf } from './inbox-id-of.js'
import type { EventRecord } from './received-event.js'
import type { Subscription } from './subscription.js'

/**
 * Handles events in the order of their partitions, many in one transaction: the positions move, the inbox takes them, the
 * handlers run, and all of it is committed or none. An event that fails is parked and the rest goes on.
 */
export class BatchProcessor {
  readonly #subscription: Subscription
  readonly #owned: OwnedPartitions

  constructor(subscription: Subscription, owned: OwnedPartitions) {
    this.#subscription = subscription
    this.#owned = owned
  }

  async process(events: readonly EventRecord[]): Promise<void> {
    const careful = events.filter(({ partition }) => this.#owned.isCareful(partition))
    for (const event of careful) await this.#single(event)
    await this.#batch(events.filter((event) => !careful.includes(event)))
  }

  async #batch(events: readonly EventRecord[]): Promise<void> {
    if (events.length === 0) return
    try {
      await this.#handleAll(events)
    } catch (error) {
      if (!(error instanceof HandlerError)) {
        if (error instanceof FencedError || isTransient(error) || events.length === 1) throw error
        // The commit was refused, or the time was up: which one it was shows when they go one by one.
        for (const event of events) await this.#single(event)
        return
      }
      if (isTransient(error.cause)) throw error.cause
      const failed = events[error.index]
      await this.#batch(events.slice(0, error.index))
      if (failed !== undefined) await this.#park(failed, 1, error.cause)
      await this.#batch(events.slice(error.index + 1))
    }
  }

  /** One event, its attempt counted before it starts: a process that it ends leaves the count behind. */
  async #single(event: EventRecord): Promise<void> {
    const { store, group, topic, member, attemptsMax } = this.#subscription
    const attempts = await countAttempt(store, group, topic.name, {
      member,
      partition: event.partition,
      position: event,
    })
    if (attempts === undefined) throw this.#owned.fenced(event.partition)
    if (attempts > attemptsMax) {
      return await this.#park(event, attempts - 1, new Error('the attempt did not end: its process did'))
    }
    try {
      await this.#handleAll([event])
    } catch (error) {
      if (error instanceof FencedError) throw error
      const cause = causeOf(error)
      if (isTransient(cause) && attempts < attemptsMax) throw cause
      await this.#park(event, attempts, cause)
    }
  }

  async #handleAll(events: readonly EventRecord[]): Promise<void> {
    const { store, group, topic, handlerDeadlineMs } = this.#subscription
    const ends = this.#owned.endsOf(events)
    await store.transaction(
      async (transaction) => {
        // One after the other in the database, and in one round trip: who is fenced off takes all of it back.
        const [, recorded] = await Promise.all([
          this.#owned.fence(transaction, ends),
          recordBatch(transaction, group, topic, { events, positions: ends }),
        ])
        const held = events.filter((event) => recorded.held.has(inboxIdOf(this.#subscription.topic, event)))
        if (held.length > 0) {
          const waiting = { events: held, state: 'waiting', attempts: 0, delayMs: 0, error: null } as const
          await parkEvents(transaction, group, topic.name, waiting)
        }
        await callHandlers(this.#subscription, transaction, events, recorded.fresh)
      },
      { deadlineMs: handlerDeadlineMs },
    )
    this.#owned.moved(ends, events)
  }

  /** Puts an event aside, in whose place the position moves on. Its key may wait already, then it does too. */
  async #park(event: EventRecord, attempts: number, cause: unknown): Promise<void> {
    const { store, group, topic, random, onError } = this.#subscription
    const next = afterFailure(attempts, this.#subscription, random)
    await store.transaction(async (transaction) => {
      await this.#owned.fence(transaction, [event])
      await recordBatch(transaction, group, topic, { events: [], positions: [event] })
      await parkEvents(transaction, group, topic.name, {
        events: [event],
        attempts,
        error: describeError(cause),
        state: next.state,
        delayMs: next.state === 'retry' ? next.delayMs : 0,
      })
    })
    this.#owned.moved([event], [event])
    onError(cause)
  }
}
