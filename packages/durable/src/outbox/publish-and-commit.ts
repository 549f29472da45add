import type pg from 'pg'
import type { AskedStatement } from '../store/at-once.js'
import { asCommitError } from '../store/postgres/as-commit-error.js'
import { StatementBatch } from '../store/postgres/statement-batch.js'
import type { Transaction } from '../store/store.js'
import type { EventTypes } from './event-type.js'
import { publish, type PublishedPosition, type PublishOptions } from './publish.js'
import type { NewEvent, Topic } from './topic.js'

/**
 * Publishes as {@link publish} does, and commits, both in one round trip: about half of what publishing costs is its own. `client`
 * is one of `pg`, between `begin` and what would be its `commit`. When this rejects, nothing was committed, and the transaction is
 * yours to roll back; only `WT_STORE_COMMIT_UNKNOWN` says that it may have been.
 *
 * @throws {Error} when an event is not of the topic, or `client` is not one of `pg`: nothing was sent
 * @throws {StoreError} with code `WT_STORE_COMMIT_UNKNOWN` when the connection was lost before the answer came, with code
 *   `WT_STORE_RESTORED` as of `publish`
 * @example
 *   const orders = defineTopic('orders', {
 *     source: '/orders',
 *     types: { 'order.placed': { schema: { parse: (input) => input as { total: number } } } },
 *   })
 *   const event = { type: 'order.placed', key: 'order-1', data: { total: 12 } } as const
 *   const placeOrder = async (client: Transaction) => {
 *     await client.query('begin')
 *     try {
 *       await client.query('insert into orders (id, total) values ($1, $2)', ['order-1', 12])
 *       return await publishAndCommit(client, orders, event)
 *     } catch (error) {
 *       await client.query('rollback')
 *       throw error
 *     }
 *   }
 */
export async function publishAndCommit<Types extends EventTypes>(
  client: Transaction,
  topic: Topic<Types>,
  events: NewEvent<Types> | readonly NewEvent<Types>[],
  options: PublishOptions = {},
): Promise<PublishedPosition[]> {
  const sender = senderOf(client)
  const asked: AskedStatement[] = []
  const published = publish(
    {
      query: async (text, values = []) =>
        await new Promise((resolve, reject) => asked.push({ text, values, resolve, reject })),
    },
    topic,
    events,
    options,
  )
  // What is refused before anything is asked of the database commits nothing.
  if (asked.length === 0) await published
  const batch = new StatementBatch([...asked, { text: 'commit', values: [] }])
  sender.query(batch as unknown as pg.Submittable)
  try {
    const answers = await batch.answers
    for (const [index, { resolve }] of asked.entries()) resolve(answers[index] ?? { rows: [] })
  } catch (error) {
    if (asked.length === 0) throw asCommitError(error)
    for (const { reject } of asked) reject(asCommitError(error))
  }
  return await published
}

/** What others implement of a client of `pg` does not send several statements at once. */
function senderOf(client: Transaction): pg.ClientBase {
  const { connection, escapeLiteral } = client as {
    readonly connection?: unknown
    readonly escapeLiteral?: unknown
  }
  if (typeof connection === 'object' && typeof escapeLiteral === 'function')
    return client as unknown as pg.ClientBase
  throw new Error(
    'cannot publish and commit: client must be a client of pg, between begin and commit; in a transaction of a store, use publish',
  )
}
