import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { defineTopic, migrate, openStore, publishAndCommit, recentEvents, type Store } from '../src/index.js'
import { startPgbouncer, type PgbouncerServer } from './servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'

const orders = defineTopic('orders', {
  source: '/orders',
  types: {
    placed: {
      schema: {
        parse: (input) => {
          if (typeof (input as { total?: unknown }).total === 'number') return input as { total: number }
          throw new Error('total must be a number')
        },
      },
    },
  },
})
const placed = (key: string) => ({ type: 'placed' as const, key, data: { total: 12 } })

let server: PostgresServer
let pooler: PgbouncerServer
let store: Store
beforeAll(async () => {
  server = await startPostgres()
  pooler = await startPgbouncer(server.port)
  store = openStore(server.url)
  await migrate(store)
  await store.query('create table placed_order (id text primary key)')
})
beforeEach(async () => {
  await store.query('truncate placed_order, watertight.outbox, watertight.outbox_key cascade')
})
afterAll(async () => {
  await store.close()
  await pooler.stop()
  await server.stop()
})

/** A connection in a transaction that has written an order. */
async function begun(url = server.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(async () => await client.end().catch(() => {}))
  await client.query('begin')
  await client.query('insert into placed_order values ($1)', ['order-1'])
  return client
}

/** Orders and events that are committed. */
const written = async (): Promise<[orders: number, events: number]> => [
  (await store.query('select from placed_order')).rows.length,
  (await recentEvents(store)).length,
]

test.each([
  ['a connection of its own', () => server.url],
  ['a pooler in transaction mode', () => pooler.url],
])(
  'an event goes out in one round trip with the commit, by %s, and says where it stands',
  async (_by, url) => {
    const client = await begun(url())
    const [position] = await publishAndCommit(client, orders, placed('order-1'))
    const { rows } = await store.query('select partition::integer, id::integer from watertight.outbox')
    expect(rows).toEqual([{ partition: position?.partition, id: position?.id }])
    expect(await written()).toEqual([1, 1])
    await client.query('begin')
    await publishAndCommit(client, orders, [placed('order-2'), placed('order-3')])
    await client.query('begin')
    expect(await publishAndCommit(client, orders, [])).toEqual([])
    expect(await written()).toEqual([1, 3])
  },
)

test('an event that its schema refuses is never committed without: nothing is sent, and the order is rolled back', async () => {
  const client = await begun()
  const wrong = { ...placed('order-1'), data: { total: '12' as unknown as number } }
  await expect(publishAndCommit(client, orders, wrong)).rejects.toThrow('total must be a number')
  await client.query('rollback')
  expect(await written()).toEqual([0, 0])
})

test('a statement before it has failed, and nobody looked: nothing is committed, and its caller is told', async () => {
  const client = await begun()
  await client.query('insert into placed_order values ($1)', ['order-1']).catch(() => {})
  await expect(publishAndCommit(client, orders, placed('order-1'))).rejects.toMatchObject({ code: '25P02' })
  await client.query('rollback')
  await client.query('begin')
  await publishAndCommit(client, orders, placed('order-2'))
  expect(await written()).toEqual([0, 1])
})

test('the database refuses at the commit: the event is not there either', async () => {
  await store.query('create table line (placed text references placed_order deferrable initially deferred)')
  const client = await begun()
  await client.query(`insert into line values ('order-9')`)
  await expect(publishAndCommit(client, orders, placed('order-1'))).rejects.toMatchObject({ code: '23503' })
  expect(await written()).toEqual([0, 0])
})

test('the connection is lost before the answer: its caller is told that nobody knows, and not that it is undone', async () => {
  const client = await begun()
  await store.query('select pg_terminate_backend($1::integer)', [
    (client as unknown as { processID: number }).processID,
  ])
  await expect(publishAndCommit(client, orders, placed('order-1'))).rejects.toMatchObject({
    code: 'WT_STORE_COMMIT_UNKNOWN',
  })
})

test('a pool, and a transaction of a store, are no client of pg', async () => {
  const pool = new pg.Pool({ connectionString: server.url })
  onTestFinished(async () => await pool.end())
  const refused = 'client must be a client of pg'
  await expect(publishAndCommit(pool, orders, placed('order-1'))).rejects.toThrow(refused)
  await store.transaction(async (transaction) => {
    await expect(publishAndCommit(transaction, orders, placed('order-1'))).rejects.toThrow(refused)
  })
  expect(await written()).toEqual([0, 0])
})
