import { checkOptions } from '@watertight/policy/options'
import type { Tracing } from '@watertight/telemetry'
import { StoreError } from '../store/errors.js'
import { PipeliningTransaction } from '../store/pipelining-transaction.js'
import type { Transaction } from '../store/store.js'
import { eventRow, type EventRow } from './event-row.js'
import type { EventTypes } from './event-type.js'
import type { Insertion } from './insertion.js'
import { mayHint } from './may-hint.js'
import { pendingPositions, positionsOf, type PublishedPosition } from './published-position.js'
import { insertEvent } from './queries/insert-event.js'
import { insertEvents } from './queries/insert-events.js'
import { isRestored } from './queries/transaction-numbers.js'
import type { NewEvent, Topic } from './topic.js'
import { tracingRule } from '../tracing/in-span.js'
import { publishing } from '../tracing/publishing.js'

export interface PublishOptions {
  /**
   * Makes a span of every event, and hands it on with the event: whoever handles it does that in the same trace. Default: an
   * event has the `traceParent` that it is given.
   */
  readonly tracing?: Tracing | undefined
}

/**
 * Publishes an event, or several, in your transaction: they are there if it commits, and only then. `transaction` is a
 * client of `pg` between `begin` and `commit`, a transaction of PGlite, or one of a store. Until the commit nobody else
 * publishes under the same keys, so publish late, and several events at once rather than one after the other.
 *
 * A transaction of a store does not wait for the database here: what is published goes in one round trip with the next
 * statement, or with the commit, and the transaction fails when it cannot be written. So where the events stand is known
 * after the commit; until then, reading it throws.
 *
 * @example
 *   const store = openStore('pglite:memory')
 *   await migrate(store)
 *   const orders = defineTopic('orders', {
 *     source: '/orders',
 *     types: { 'order.placed': { schema: { parse: (input) => input as { total: number } } } },
 *   })
 *   await store.transaction(async (transaction) => {
 *     await publish(transaction, orders, { type: 'order.placed', key: 'order-1', data: { total: 12 } })
 *   })
 *   await store.close()
 *
 * @throws {Error} when an event is not of the topic, or `transaction` is a pool
 * @throws {StoreError} with code `WT_STORE_RESTORED` when the database was restored from a dump and not migrated since
 */
export async function publish<Types extends EventTypes>(
  transaction: Transaction,
  topic: Topic<Types>,
  events: NewEvent<Types> | readonly NewEvent<Types>[],
  options: PublishOptions = {},
): Promise<PublishedPosition[]> {
  refusePools(transaction)
  checkOptions('publication', options, { tracing: tracingRule })
  const { name } = topic
  const traced = publishing(options.tracing, topic, listOf(events))
  const onFailure = (error: unknown): unknown => {
    traced.end('failure', error)
    return isRestored(error) ? restoredError(name, error) : error
  }
  try {
    const rows = traced.events.map((event) => eventRow(topic, event))
    if (rows.length === 0) return []
    const insertion = insertionOf(topic, rows)
    if (transaction instanceof PipeliningTransaction) {
      const pending = pendingPositions(name, rows)
      const onAnswer = (answer: { readonly rows: unknown[] }): void => {
        pending.fill(insertion.placesOf(answer.rows))
        traced.end('success')
      }
      transaction.pipeline({ text: insertion.text, values: insertion.values, onAnswer, onFailure })
      return pending.positions
    }
    const answer = await transaction.query(insertion.text, insertion.values)
    traced.end('success')
    return positionsOf(name, rows, insertion.placesOf(answer.rows))
  } catch (error) {
    throw onFailure(error)
  }
}

const listOf = <Event>(events: Event | readonly Event[]): readonly Event[] =>
  Array.isArray(events) ? (events as readonly Event[]) : [events as Event]

function insertionOf({ name, source }: Topic, events: readonly EventRow[]): Insertion {
  const [event] = events
  const hint = mayHint(name)
  return events.length === 1 && event !== undefined
    ? insertEvent({ topic: name, source, event, hint })
    : insertEvents({ topic: name, source, events, hint })
}

const restoredError = (topic: string, cause: unknown): StoreError =>
  new StoreError(
    'WT_STORE_RESTORED',
    `cannot publish to ${topic}: its database was restored from a dump of another Postgres and must be migrated first; call migrate, or run watertight migrate up`,
    { cause },
  )

/** Each statement of a pool or a store is a transaction of its own: the event would stay when your data is rolled back. */
function refusePools(transaction: Transaction): void {
  if (!('connect' in transaction && 'totalCount' in transaction) && !('transaction' in transaction)) return
  throw new Error(
    'cannot publish: transaction must be a client or transaction that your data is written with, got a pool or a store',
  )
}
