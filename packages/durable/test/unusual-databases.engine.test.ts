import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { consume } from '../src/events/consume.js'
import { consumerLag } from '../src/events/queries/consumer-lag.js'
import type { ClaimResult } from '../src/idempotency/idempotency-store.js'
import { PostgresIdempotencyStore } from '../src/idempotency/postgres/postgres-idempotency-store.js'
import { outboxStatus } from '../src/outbox/queries/outbox-status.js'
import { migrate } from '../src/migrations/migrate.js'
import { publish } from '../src/outbox/publish.js'
import { openSagaEngine, saga } from '../src/saga/index.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { drain, Scene } from './scene.js'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await server.stop()
})

interface Unusual {
  readonly name: string
  /** Statements of the superuser, before the schema is there. */
  readonly before?: readonly string[]
  /** The role that everything is done as. */
  readonly role?: string
  /** Statements once the schema is there. */
  readonly after?: readonly string[]
}

const databases: readonly Unusual[] = [
  {
    name: 'zones',
    before: [
      `alter database zones set timezone = 'Pacific/Chatham'`,
      `alter database zones set datestyle = 'German, DMY'`,
      `alter database zones set intervalstyle = 'sql_standard'`,
      `alter database zones set extra_float_digits = 0`,
      `alter database zones set bytea_output = 'escape'`,
    ],
  },
  { name: 'nowhere', before: [`alter database nowhere set search_path = ''`] },
  {
    name: 'strict',
    before: [`alter database strict set default_transaction_isolation = 'serializable'`],
  },
  {
    name: 'modest',
    before: ['create role modest login', 'grant create on database modest to modest'],
    role: 'modest',
  },
  {
    name: 'grown',
    after: [
      'alter sequence watertight.outbox_id_seq restart with 6442450944',
      'update watertight.outbox_origin set written_by = pg_current_xact_id()::text::bigint, shift = 12884901888',
    ],
  },
]

async function openUnusual({ name, before = [], role, after = [] }: Unusual): Promise<PostgresStore> {
  const url = await server.createDatabase(name)
  const admin = new PostgresStore({ url })
  for (const statement of before) await admin.query(statement)
  await admin.close()
  const store = new PostgresStore({ url: role === undefined ? url : url.replace('postgres@', `${role}@`) })
  await migrate(store)
  for (const statement of after) await store.query(statement)
  await store.query('create schema effects')
  await store.query(
    'create table effects.entry (number integer generated always as identity, topic text, name text)',
  )
  return store
}

async function expectOrderAndTime(store: PostgresStore): Promise<void> {
  const times: number[] = []
  const scene = new Scene({ store }, 'orders')
  const time = new Date('2026-03-29T01:30:00.123Z')
  await scene.publish(['a', 1], ['b', 2])
  await store.transaction((transaction) =>
    publish(transaction, scene.topic, { type: 'numbered', key: 'a', data: { n: 3 }, time }),
  )
  const member = await scene.member({
    batchMax: 1,
    handle: async (event, transaction) => {
      times.push(Date.parse(event.time))
      await scene.effect(transaction, `${event.key}:${event.data.n}`)
    },
  })
  await drain(member)
  expect((await scene.effects()).toSorted()).toEqual(['a:1', 'a:3', 'b:2'])
  expect((await scene.effects()).filter((one) => one.startsWith('a'))).toEqual(['a:1', 'a:3'])
  expect(times).toContain(time.getTime())
  for (const one of times.filter((at) => at !== time.getTime()))
    expect(Math.abs(one - Date.now())).toBeLessThan(60_000)
  expect(await consumerLag(store)).toMatchObject([{ events: 0 }])
}

async function expectOneRun(store: PostgresStore): Promise<void> {
  const keys = new PostgresIdempotencyStore({ store })
  const terms = {
    id: 'k',
    fingerprint: 'f',
    leaseMs: 30_000,
    expiryMs: 60_000,
    onTakeover: 'rerun',
  } as const
  const atOnce = async (id: string): Promise<ClaimResult[]> => {
    const claimants = Array.from({ length: 16 }, (_, index) => `c${index}`)
    return await Promise.all(claimants.map((claimant) => keys.claim({ ...terms, id, claimant })))
  }
  const oneOfSixteen = [...Array.from({ length: 15 }, () => 'in-flight'), 'new']
  for (let n = 0; n < 20; n += 1)
    expect((await atOnce(`at-once-${n}`)).map(({ kind }) => kind).toSorted()).toEqual(oneOfSixteen)
  const claims = await atOnce('k')
  expect(claims.map(({ kind }) => kind).toSorted()).toEqual(oneOfSixteen)
  const won = claims.find((one) => 'claim' in one)!
  expect(Math.abs(won.claim.expiresAt - Date.now() - terms.expiryMs)).toBeLessThan(30_000)
  const body = Buffer.from([0, 92, 255])
  expect(await keys.finish(won.claim, { status: 201, headers: [], body })).toBe(true)
  // The last digit of a number that is told counts too: whoever would round it loses what it has claimed.
  for (let n = 0; n < 10; n += 1) {
    const next = await keys.claim({ ...terms, id: `k${n}`, claimant: 'c' })
    expect('claim' in next && (await keys.finish(next.claim, { status: 201, headers: [], body }))).toBe(true)
  }
  const again = await keys.claim({ ...terms, claimant: 'later' })
  expect(again).toMatchObject({ kind: 'replay', answer: { status: 201 }, expiresAt: won.claim.expiresAt })
}

async function expectSagasEnd(store: PostgresStore): Promise<void> {
  const step = { run: () => 'done', compensate: () => {} }
  const placeOrder = saga('place-order')
    .step('reserve', step)
    .sleep('pause', '5ms')
    .step('ship', step)
    .build()
  const engine = await openSagaEngine({ store, sagas: [placeOrder], pollMs: 20 })
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const { outcome } = await engine.start(placeOrder, { id: `s${index}`, input: null })
      return (await outcome()).status
    }),
  )
  expect(outcomes).toEqual(Array.from({ length: 8 }, () => 'done'))
  await engine.close()
}

describe.each(databases)('a database that is unusual: $name', (unusual) => {
  let store: PostgresStore
  beforeAll(async () => {
    store = await openUnusual(unusual)
  })
  afterAll(() => store.close())

  test('events keep their order and their time', () => expectOrderAndTime(store))
  test('of sixteen requests that come at once one runs, and its answer is kept until the time that it was told', () =>
    expectOneRun(store))
  test('sagas that many start at once come to their end, with a timer on the way', () =>
    expectSagasEnd(store))
})

test('a role like any other sees that a transaction of somebody else holds events back, and for how long', async () => {
  const url = await server.createDatabase('shared')
  const admin = new PostgresStore({ url })
  await admin.query('create role tenant login')
  await admin.query('grant create on database shared to tenant')
  const store = new PostgresStore({ url: url.replace('postgres@', 'tenant@') })
  await migrate(store)
  const scene = new Scene({ store }, 'orders')
  expect((await outboxStatus(store)).heldBackMs).toBe(0)
  await admin.transaction(async (transaction) => {
    await transaction.query('select pg_current_xact_id()')
    await scene.publish(['a', 1])
    await transaction.query('select pg_sleep(0.2)')
    expect((await outboxStatus(store)).heldBackMs).toBeGreaterThanOrEqual(200)
  })
  await expect.poll(async () => (await outboxStatus(store)).heldBackMs).toBe(0)
  await store.close()
  await admin.close()
})

test.each(['40001', '40P01'])(
  'the database refuses a handler with %s, for its timing alone: the event is handled again, and is no dead letter',
  async (state) => {
    const store = await openUnusual({ name: `state${state.toLowerCase()}` })
    const scene = new Scene({ store }, 'orders')
    let refusals = 2
    await scene.publish(['a', 1], ['a', 2])
    const member = await scene.member({
      handle: async ({ key, data }, transaction) => {
        if (refusals-- > 0)
          await transaction.query(`do $$ begin raise exception 'now' using errcode = '${state}'; end $$`)
        await scene.effect(transaction, `${key}:${data.n}`)
      },
    })
    await expect
      .poll(async () => {
        await member.round().catch(() => {})
        return await scene.effects()
      })
      .toEqual(['a:1', 'a:2'])
    expect(await consumerLag(store)).toMatchObject([{ parked: 0, deadLetters: 0 }])
    await store.close()
  },
)

test('a database takes no writes for a while, as a primary that was given up: sagas and events go on with the next one, each effect once', async () => {
  const admin = new PostgresStore({ url: server.url })
  const url = await server.createDatabase('readonly')
  const store = new PostgresStore({ url })
  await migrate(store)
  await store.query('create schema effects')
  await store.query(
    'create table effects.entry (number integer generated always as identity, topic text, name text)',
  )
  const turn = async (how: string): Promise<void> => {
    await admin.query(`alter database readonly ${how}`)
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'readonly'`)
  }
  const refused = new Set<string>()
  const hears = (who: string) => (error: unknown) => {
    if ((error as { code?: unknown }).code === '25006') refused.add(who)
  }
  const steps: string[] = []
  const count = ({ key }: { readonly key: string }): void => void steps.push(key)
  const placeOrder = saga('place-order')
    .step('reserve', { run: count, compensate: () => {} })
    .signal('approved')
    .step('ship', { run: count })
    .build()
  const engine = await openSagaEngine({ store, sagas: [placeOrder], pollMs: 20, onTrouble: hears('engine') })
  const started = await Promise.all(
    ['s1', 's2', 's3'].map((id) => engine.start(placeOrder, { id, input: null })),
  )
  // What is under way when the lease ends would be asked again.
  const waiting = `select from watertight.saga where owner is null and due_at is null`
  await expect.poll(async () => (await store.query(waiting)).rows.length, { timeout: 30_000 }).toBe(3)
  const scene = new Scene({ store }, 'orders')
  const consumer = await consume(store, {
    group: 'group',
    topic: scene.topic,
    pollMs: 20,
    handle: async ({ key, data }, transaction) => await scene.effect(transaction, `${key}:${data.n}`),
    onError: hears('consumer'),
  })

  await turn('set default_transaction_read_only = on')
  await expect.poll(() => refused.size, { timeout: 30_000 }).toBe(2)
  await turn('reset default_transaction_read_only')

  await vi.waitUntil(
    () =>
      scene.publish(['a', 1], ['a', 2]).then(
        () => true,
        () => false,
      ),
    { timeout: 30_000 },
  )
  for (const { id } of started)
    await vi.waitUntil(
      () =>
        engine.signal(id, 'approved').then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    )
  const outcomes = await Promise.all(started.map(({ outcome }) => outcome()))
  expect(outcomes.map(({ status }) => status)).toEqual(['done', 'done', 'done'])
  expect(steps.toSorted()).toEqual(['s1', 's2', 's3'].flatMap((id) => [`${id}.reserve`, `${id}.ship`]))
  await expect.poll(() => scene.effects(), { timeout: 30_000 }).toEqual(['a:1', 'a:2'])
  expect(await consumerLag(store)).toMatchObject([{ parked: 0, deadLetters: 0 }])
  await Promise.all([consumer.close(), engine.close()])
  await Promise.all([store.close(), admin.close()])
})
