import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { constant } from '@watertight/policy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consume } from '../src/events/consume.js'
import { createIdempotency, idempotentRequestOf } from '../src/idempotency/index.js'
import { PostgresIdempotencyStore } from '../src/idempotency/postgres/postgres-idempotency-store.js'
import { migrate } from '../src/migrations/migrate.js'
import { publish } from '../src/outbox/publish.js'
import { openSagaEngine, saga } from '../src/saga/index.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { Scene } from './scene.js'
import { persist } from './servers/persist.mjs'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'

const LANES = 6
const BETWEEN_RESTARTS = 100

let server: PostgresServer
let store: PostgresStore
beforeAll(async () => {
  server = await startPostgres()
  store = new PostgresStore({ url: server.url, connectionsMax: 20 })
  await migrate(store)
  for (const table of ['placed', 'parcel', 'charge', 'step'])
    await store.query(`create table ${table} (name text not null, key text)`)
  await store.query('create unique index on placed (name)')
})
afterAll(async () => {
  await store.close()
  await server.stop()
})

/** Runs an order after the other on many lanes, until it is told to stop; resolves to those that were acknowledged. */
function load(order: (name: string) => Promise<void>): {
  readonly acknowledged: string[]
  stop(): Promise<void>
} {
  const acknowledged: string[] = []
  const over = new AbortController()
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const name = `order-${lane}-${n}`
      await persist(() => order(name))
      acknowledged.push(name)
    }
  })
  return {
    acknowledged,
    stop: async () => {
      over.abort()
      await Promise.all(lanes)
    },
  }
}

/** Restarts at once, as `pg_ctl restart -m immediate` does, in the middle of the load, twice. */
async function restartTwice({ acknowledged }: { readonly acknowledged: readonly string[] }): Promise<void> {
  for (let restarts = 0; restarts < 2; restarts += 1) {
    const before = acknowledged.length
    await expect
      .poll(() => acknowledged.length - before, { timeout: 60_000 })
      .toBeGreaterThan(BETWEEN_RESTARTS)
    await server.restart('immediate')
  }
  const before = acknowledged.length
  await expect.poll(() => acknowledged.length - before, { timeout: 60_000 }).toBeGreaterThan(BETWEEN_RESTARTS)
}

async function expectOnce(what: string, table: string, acknowledged: readonly string[]): Promise<void> {
  const missing = async (): Promise<string[]> => {
    const { rows } = await store.query<{ name: string }>(`select distinct name from ${table}`)
    const found = new Set(rows.map(({ name }) => name))
    return acknowledged.filter((name) => !found.has(name))
  }
  await expect.poll(() => persist(missing), { timeout: 90_000, interval: 250 }).toEqual([])
  const { rows } = await store.query<{ name: string }>(
    `select name from ${table} group by name, key having count(*) > 1`,
  )
  console.log(
    `Postgres restarted twice under load, ${what}: ${acknowledged.length} acknowledged, 0 lost, ` +
      `${rows.length} duplicate effects`,
  )
  expect(rows).toEqual([])
}

test('Postgres is restarted at once under load: every order that was acknowledged is shipped once, and its saga ends', async () => {
  const it = new Scene({ store }, 'restarted')
  const name = (table: string): string => `insert into ${table} (name, key) values ($1, $2)`
  const consumer = await consume(store, {
    group: 'shipping',
    topic: it.topic,
    leaseMs: 2_000,
    handle: async ({ key }, transaction) => {
      await transaction.query(name('parcel'), [key, null])
    },
  })
  // Other services know their keys: a step that is asked again has no second effect, unless it comes with another key.
  const effects = new Set<string>()
  const step = { run: ({ key }: { key: string }) => void effects.add(key), compensate: () => {} }
  const placeOrder = saga('place-order')
    .step('reserve', step)
    .step('charge', { ...step, retry: { attempts: 50, backoff: constant({ ms: 20 }) } })
    .build()
  const engine = await openSagaEngine({ store, sagas: [placeOrder], leaseMs: 2_000 })
  const running = load(async (order) => {
    await store.transaction(async (transaction) => {
      const placed = await transaction.query(
        'insert into placed (name) values ($1) on conflict do nothing returning name',
        [order],
      )
      // It was committed, although the answer to that was lost.
      if (placed.rows.length === 0) return
      await publish(transaction, it.topic, { type: 'numbered', key: order, data: { n: 1 } })
      await engine.startIn(transaction, placeOrder, { id: order, input: null })
    })
  })
  await restartTwice(running)
  await running.stop()
  const { acknowledged } = running
  await expectOnce('events', 'parcel', acknowledged)
  const unfinished = async (): Promise<number> => {
    const { rows } = await store.query<{ count: number }>(
      `select count(*)::integer as count from watertight.saga where status <> 'done'`,
    )
    return rows[0]!.count
  }
  await expect.poll(() => persist(unfinished), { timeout: 90_000 }).toBe(0)
  const lost = acknowledged.filter((id) => !effects.has(`${id}.reserve`) || !effects.has(`${id}.charge`))
  const { rows: sagas } = await store.query<{ id: string }>('select id from watertight.saga')
  const duplicates = effects.size - 2 * sagas.length
  console.log(
    `Postgres restarted twice under load, sagas: ${acknowledged.length} acknowledged, ${lost.length} lost, ` +
      `${duplicates} duplicate effects`,
  )
  expect({ lost, duplicates }).toEqual({ lost: [], duplicates: 0 })
  await engine.close()
  await consumer.close()
}, 240_000)

test('Postgres is restarted at once under load: every request that was answered charged once', async () => {
  const idempotency = createIdempotency({
    store: new PostgresIdempotencyStore({ store }),
    caller: () => 'all',
    leaseMs: 1_000,
    onTakeover: 'rerun',
    onError: () => {},
  })
  const service = createServer(
    idempotency.listener(async (request, response) => {
      const run = idempotentRequestOf(request)!
      try {
        await store.transaction(async (transaction) => {
          await transaction.query('insert into charge (name) values ($1)', [run.key])
          await run.finish(transaction, { status: 201, body: 'charged' })
        })
        response.writeHead(201).end('charged')
      } catch {
        // Temporary, so it is not kept for the key.
        response.writeHead(503).end()
      }
    }),
  ).listen(0, '127.0.0.1')
  await once(service, 'listening')
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/charges`
  const running = load(async (key) => {
    const answer = await fetch(url, { method: 'POST', headers: { 'idempotency-key': key }, body: '{}' })
    await answer.text()
    if (answer.status !== 201) throw new Error(`not yet: ${answer.status}`)
  })
  await restartTwice(running)
  await running.stop()
  await expectOnce('requests', 'charge', running.acknowledged)
  service.closeAllConnections()
  service.close()
}, 240_000)
