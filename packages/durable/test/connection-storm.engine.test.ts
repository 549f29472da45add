import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { consume } from '../src/events/consume.js'
import { migrate } from '../src/migrations/migrate.js'
import { isTransient } from '../src/store/is-transient.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { Scene } from './scene.js'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'

let server: PostgresServer
let store: PostgresStore
beforeAll(async () => {
  server = await startPostgres({ fsync: 'off', max_connections: '20' })
  store = new PostgresStore({ url: server.url, connectionsMax: 4 })
})
afterAll(async () => {
  await store.close()
  await server.stop()
})

/** Transactions that hold connections until they are let go. */
async function hold(count: number): Promise<() => Promise<void>> {
  let letGo: () => void = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const begun: Promise<void>[] = []
  const ended = Array.from({ length: count }, () => {
    const { promise, resolve } = withResolve()
    begun.push(promise)
    return store.transaction(async (transaction) => {
      await transaction.query('select 1')
      resolve()
      await held
    })
  })
  await Promise.all(begun)
  return async () => {
    letGo()
    await Promise.all(ended)
  }
}

function withResolve(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}

test('more is asked at once than a store has connections: it takes turns, and whoever waits for too long is told what to do', async () => {
  const pids = await Promise.all(
    Array.from({ length: 100 }, () => store.query<{ pid: number }>('select pg_backend_pid() as pid')),
  )
  expect(new Set(pids.map(({ rows }) => rows[0]?.pid)).size).toBeLessThanOrEqual(4)
  const letGo = await hold(4)
  const late = store.query('select 1', [], { deadlineMs: 100 })
  await expect(late).rejects.toMatchObject({
    code: 'WT_STORE_DEADLINE',
    message: expect.stringMatching(/none of the 4 connections.*raise connectionsMax/) as string,
  })
  await letGo()
  expect((await store.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a connection that comes when its time has passed, before anybody was told, is lent to nobody else meanwhile', async () => {
  const letGo = await hold(4)
  const asked = store.query('select 1 as one', [], { deadlineMs: 60_000 }).then(
    () => 'answered',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
  const now = performance.now()
  // What the process was busy with took longer than the deadline: timers are called after what has come meanwhile.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 61_000)
  await letGo()
  expect(['answered', 'WT_STORE_DEADLINE']).toContain(await asked)
  clock.mockRestore()
  expect((await store.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('processes want more connections at once than the database has: some are refused, nothing that was acknowledged is lost', async () => {
  await migrate(store)
  await store.query('create schema effects')
  await store.query(
    'create table effects.entry (number integer generated always as identity, topic text, name text)',
  )
  const scene = new Scene({ store }, 'stormy')
  const consumer = await consume(store, {
    group: 'group',
    topic: scene.topic,
    pollMs: 20,
    handle: async ({ key, data }, transaction) => await scene.effect(transaction, `${key}:${data.n}`),
  })
  let refused = 0
  const publishing = async (process: number): Promise<void> => {
    const own = new PostgresStore({ url: server.url })
    const of = new Scene({ store: own }, 'stormy')
    const publishOne = async (n: number): Promise<boolean> => {
      try {
        await of.publish([`p${process}`, n])
        return true
      } catch (error) {
        if (!isTransient(error)) throw error
        refused += 1
        return false
      }
    }
    const all = Array.from({ length: 20 }, (_, n) => vi.waitUntil(() => publishOne(n), { timeout: 60_000 }))
    await Promise.all(all)
    await own.close()
  }
  await Promise.all(Array.from({ length: 6 }, (_, process) => publishing(process)))
  expect(refused).toBeGreaterThan(0)
  await expect.poll(async () => (await scene.effects()).length, { timeout: 60_000 }).toBe(120)
  expect(new Set(await scene.effects()).size).toBe(120)
  await consumer.close()
})
