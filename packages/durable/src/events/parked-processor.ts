import { isTransient } from '../store/is-transient.js'
import { afterFailure } from './decisions/after-failure.js'
import { describeError, FencedError } from './errors.js'
import type { OwnedPartitions } from './owned-partitions.js'
import { dueEvents, type DueEvent } from './queries/due-events.js'
import { lockPositions } from './queries/lock-positions.js'
import { settleRetry } from './queries/settle-retry.js'
import { startRetry } from './queries/start-retry.js'
import { takeEvent, unparkEvent } from './queries/unpark-event.js'
import { inboxIdOf } from './inbox-id-of.js'
import type { EventRecord } from './received-event.js'
import type { Subscription } from './subscription.js'

const DUE_MAX = 100

/** Tries parked events again when their time has come, one transaction each. */
export class ParkedProcessor {
  readonly #subscription: Subscription
  readonly #owned: OwnedPartitions

  constructor(subscription: Subscription, owned: OwnedPartitions) {
    this.#subscription = subscription
    this.#owned = owned
  }

  /** Resolves to how many were due. */
  async processDue(): Promise<number> {
    const { store, group, topic } = this.#subscription
    const { partitions } = this.#owned
    if (partitions.length === 0) return 0
    const due = await dueEvents(store, group, topic.name, { partitions, limit: DUE_MAX })
    for (const parked of due) await (parked.state === 'discard' ? this.#discard(parked) : this.#retry(parked))
    return due.length
  }

  async #retry({ event, attempts }: DueEvent): Promise<void> {
    const { store, group, topic, attemptsMax, handlerDeadlineMs, onError } = this.#subscription
    if (attempts >= attemptsMax) {
      // The last attempt was started and never came to an end.
      const settlement = {
        event,
        attempts,
        counted: attempts,
        state: 'dead',
        delayMs: 0,
        error: null,
      } as const
      return await settleRetry(store, group, topic.name, settlement)
    }
    const deadlineMs = handlerDeadlineMs * 2
    if (!(await startRetry(store, group, topic.name, { event, attempts, deadlineMs }))) return
    try {
      await this.#handle(event, attempts + 1)
    } catch (cause) {
      if (cause instanceof FencedError) throw cause
      await this.#settle(event, attempts + 1, cause)
      onError(cause)
    }
  }

  async #handle(event: EventRecord, attempts: number): Promise<void> {
    const { store, group, topic, handle, handlerDeadlineMs } = this.#subscription
    await store.transaction(
      async (transaction) => {
        await this.#fence(transaction, event.partition)
        if (!(await unparkEvent(transaction, group, topic.name, { event, attempts }))) return
        if (!(await takeEvent(transaction, group, topic.name, inboxIdOf(topic, event)))) return
        await handle(event, transaction)
      },
      { deadlineMs: handlerDeadlineMs },
    )
  }

  async #discard({ event, attempts }: DueEvent): Promise<void> {
    const { store, group, topic } = this.#subscription
    await store.transaction(async (transaction) => {
      await this.#fence(transaction, event.partition)
      await unparkEvent(transaction, group, topic.name, { event, attempts })
    })
  }

  async #settle(event: EventRecord, attempts: number, cause: unknown): Promise<void> {
    const { store, group, topic, random } = this.#subscription
    const counted = isTransient(cause) ? attempts - 1 : attempts
    const next = afterFailure(counted, this.#subscription, random)
    await settleRetry(store, group, topic.name, {
      event,
      attempts,
      counted,
      error: describeError(cause),
      state: next.state,
      delayMs: next.state === 'retry' ? next.delayMs : 0,
    })
  }

  async #fence(transaction: Parameters<typeof lockPositions>[0], partition: number): Promise<void> {
    const { group, topic, member } = this.#subscription
    const [locked] = await lockPositions(transaction, group, topic.name, { member, partitions: [partition] })
    if (locked?.isOwn === true) return
    this.#owned.forget(partition)
    throw new FencedError(
      `cannot retry an event: partition ${partition} of ${topic.name} must be held by ${member}`,
    )
  }
}
