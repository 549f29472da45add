import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../src/migrations/migrate.js'
import { publish } from '../src/outbox/publish.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { drain, Scene } from './scene.js'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'

const run = promisify(execFile)
let older: PostgresServer
let younger: PostgresServer
beforeAll(async () => {
  older = await startPostgres()
  younger = await startPostgres()
  const store = new PostgresStore({ url: older.url })
  await spendTransactions(store, 3_000)
  await store.close()
})
afterAll(async () => {
  await older.stop()
  await younger.stop()
})

/** So many numbers of transactions are given out and used up. */
async function spendTransactions(store: PostgresStore, count: number): Promise<void> {
  await store.query(
    `do $$ begin for turn in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`,
  )
}

async function newDatabase(server: PostgresServer, name: string): Promise<PostgresStore> {
  return new PostgresStore({ url: await server.createDatabase(name) })
}

async function prepared(server: PostgresServer, name: string): Promise<PostgresStore> {
  const store = await newDatabase(server, name)
  await migrate(store)
  await store.query('create schema effects')
  await store.query(
    'create table effects.entry (number integer generated always as identity, topic text, name text)',
  )
  return store
}

async function restore(from: PostgresServer, to: PostgresServer, name: string): Promise<PostgresStore> {
  const folder = `/tmp/watertight-dump-${process.pid}-${to.port}-${name}`
  const source = from.url.replace(/\/postgres$/, `/${name}`)
  await run('pg_dump', ['--format=custom', `--file=${folder}`, source])
  const store = await newDatabase(to, name)
  const target = to.url.replace(/\/postgres$/, `/${name}`)
  await run('pg_restore', ['--exit-on-error', `--dbname=${target}`, folder])
  await run('rm', [folder])
  return store
}

/** By a member that leaves in order, so that the next one need not wait for its lease. */
async function drainAlone(scene: Scene): Promise<void> {
  const member = await scene.member()
  await drain(member)
  await member.leave()
}

async function effectsAfterMove(from: PostgresServer, to: PostgresServer, name: string): Promise<string[]> {
  const before = await prepared(from, name)
  const scene = new Scene({ store: before }, 'orders')
  const first = await scene.member({ batchMax: 1 })
  await scene.publish(['a', 1], ['b', 2])
  await drain(first)
  await scene.publish(['a', 3], ['c', 4], ['b', 5])
  await first.leave()
  const store = await restore(from, to, name)
  const again = new Scene({ store }, 'orders')
  await migrate(store)
  await again.publish(['a', 6], ['d', 7])
  const member = await again.member()
  await drain(member)
  await again.publish(['c', 8], ['a', 9])
  await drain(member)
  const effects = await again.effects()
  await before.close()
  await store.close()
  return effects
}

test.each(['lower', 'higher'] as const)(
  'a dump is restored into a Postgres whose transactions have %s numbers: nothing is skipped, keys keep their order',
  async (numbers) => {
    const effects = await (numbers === 'lower'
      ? effectsAfterMove(older, younger, numbers)
      : effectsAfterMove(younger, older, numbers))
    expect(effects.toSorted()).toEqual(['a:1', 'a:3', 'a:6', 'a:9', 'b:2', 'b:5', 'c:4', 'c:8', 'd:7'])
    expect(effects.filter((effect) => effect.startsWith('a'))).toEqual(['a:1', 'a:3', 'a:6', 'a:9'])
  },
)

test('a dump of a restored database is restored where the first one came from', async () => {
  const first = await prepared(older, 'there')
  const scene = new Scene({ store: first }, 'orders')
  await scene.publish(['a', 1])
  await drainAlone(scene)
  const second = await restore(older, younger, 'there')
  const between = new Scene({ store: second }, 'orders')
  await migrate(second)
  await between.publish(['a', 2])
  await first.query('drop schema watertight cascade')
  await first.query('drop schema effects cascade')
  await first.close()
  const admin = new PostgresStore({ url: older.url })
  await admin.query('drop database there')
  await admin.close()
  const third = await restore(younger, older, 'there')
  const back = new Scene({ store: third }, 'orders')
  await migrate(third)
  await back.publish(['a', 3])
  await drainAlone(back)
  expect(await back.effects()).toEqual(['a:1', 'a:2', 'a:3'])
  await second.close()
  await third.close()
})

test('a publisher that comes to a restored database before it was migrated is told; a consumer goes on by itself', async () => {
  const before = await prepared(older, 'hasty')
  const scene = new Scene({ store: before }, 'orders')
  await scene.publish(['a', 1])
  await drainAlone(scene)
  await scene.publish(['a', 2])
  const store = await restore(older, younger, 'hasty')
  const hasty = new Scene({ store }, 'orders')
  await expect(hasty.publish(['a', 3])).rejects.toMatchObject({
    code: 'WT_STORE_RESTORED',
    message: expect.stringMatching(
      /^cannot publish to orders: .* call migrate, or run watertight migrate up$/,
    ),
  })
  await drainAlone(hasty)
  await hasty.publish(['a', 3])
  await drainAlone(hasty)
  expect(await hasty.effects()).toEqual(['a:1', 'a:2', 'a:3'])
  await before.close()
  await store.close()
})

test('a transaction that was open while the log was adopted publishes behind all that it holds', async () => {
  const before = await prepared(older, 'open')
  const scene = new Scene({ store: before }, 'orders')
  await scene.publish(['a', 1], ['b', 2], ['c', 3])
  await drainAlone(scene)
  const store = await restore(older, younger, 'open')
  const after = new Scene({ store }, 'orders')
  await store.transaction(async (late) => {
    await late.query('select pg_current_xact_id()')
    await spendTransactions(store, 50)
    await migrate(store)
    await publish(late, after.topic, { type: 'numbered', key: 'a', data: { n: 4 } })
  })
  await drainAlone(after)
  expect(await after.effects()).toContain('a:4')
  await before.close()
  await store.close()
})

test('vacuum, whatever it rewrites, and a restart are no restore', async () => {
  const store = await prepared(younger, 'vacuumed')
  const scene = new Scene({ store }, 'orders')
  await scene.publish(['a', 1])
  for (const how of ['freeze', 'full', 'full, freeze'])
    await store.query(`vacuum (${how}) watertight.outbox_origin`)
  await scene.publish(['a', 2])
  await younger.restart('fast')
  await expect
    .poll(() => scene.publish(['a', 3]).then(() => 'published', String), { timeout: 30_000 })
    .toBe('published')
  await drainAlone(scene)
  expect((await scene.effects()).at(-1)).toBe('a:3')
  await store.close()
})

test('the row that tells where a log comes from is gone: nothing is read or published in silence, and whoever reads first goes on', async () => {
  const store = await prepared(younger, 'truncated')
  const scene = new Scene({ store }, 'orders')
  await scene.publish(['a', 1])
  await store.query('truncate watertight.outbox_origin')
  await expect(scene.publish(['a', 2])).rejects.toMatchObject({ code: 'WT_STORE_RESTORED' })
  await drainAlone(scene)
  await scene.publish(['a', 2])
  await drainAlone(scene)
  expect(await scene.effects()).toEqual(['a:1', 'a:2'])
  await store.close()
})

test('many processes come to a restored database at once: one of them adopts it, and the others go on with the same numbers', async () => {
  const before = await prepared(older, 'crowd')
  const scene = new Scene({ store: before }, 'orders')
  await scene.publish(['a', 1])
  const store = await restore(older, younger, 'crowd')
  await Promise.all(Array.from({ length: 8 }, () => migrate(store)))
  const { rows } = await store.query('select shift from watertight.outbox_origin')
  expect(rows).toHaveLength(1)
  const after = new Scene({ store }, 'orders')
  await after.publish(['a', 2])
  await drainAlone(after)
  expect(await after.effects()).toEqual(['a:1', 'a:2'])
  await before.close()
  await store.close()
})
