import { constant } from '@watertight/policy'
import { expect, test, vi } from 'vitest'
import { saga } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
const patient = { timeout: 20_000 }
const hang = (): Promise<never> => new Promise(() => {})
const waitsFor = async (id: string): Promise<string | undefined> => {
  const row = 'select waits_for from watertight.saga where id = $1 and owner is null'
  return (await bench.store.query<{ waits_for: string }>(row, [id])).rows[0]?.waits_for
}

test('a dependency gets another name while sagas wait for it: they wait for that one, and are not forgotten', async () => {
  let isAway = true
  const named = (dependency: string) =>
    saga('named')
      .step('charge', {
        run: () => {
          if (isAway) throw new Error('payment is away')
        },
        compensate: () => {},
        dependency,
        retry: { attempts: 99, backoff: constant({ ms: 200 }) },
      })
      .build()
  const older = named('payment')
  const first = await bench.open({ sagas: [older] })
  await first.start(older, { id: 'n1', input: null })
  await vi.waitUntil(async () => (await waitsFor('n1')) === 'payment', patient)
  await first.close()
  isAway = false
  // A saga that nobody here knows stays where it is.
  await bench.store.query(
    `insert into watertight.saga (id, name, version, status, waits_for, state, due_at)
     values ('stranger', 'stranger', 1, 'running', 'elsewhere', '{}', now() - interval '1 hour')`,
  )
  // What its last worker has given back waits for nothing: as if that had been killed instead.
  await bench.store.query(`update watertight.saga set waits_for = 'payment', due_at = now() where id = 'n1'`)
  const second = await bench.open({ sagas: [named('payments')] })
  await vi.waitUntil(async () => (await second.find('n1'))?.status === 'done', patient)
  expect(await waitsFor('stranger')).toBe('elsewhere')
})

test('behind a dependency that hangs, who is cancelled turns back at once, and so does who is out of time', async () => {
  const hung = { run: hang, compensate: () => {}, dependency: 'payment', timeout: '5m' } as const
  const hog = saga('hog').step('charge', hung).build()
  const late = saga('late', { deadline: '300ms' })
    .step('reserve', { run: () => 1, compensate: () => {} })
    .step('charge', hung)
    .build()
  const engine = await bench.open({ sagas: [hog, late], dependencies: { payment: 1 }, drainMs: 0 })
  for (const id of ['h1', 'h2', 'h3']) await engine.start(hog, { id, input: null })
  await engine.start(late, { id: 'l1', input: null })
  await vi.waitUntil(async () => (await waitsFor('h3')) === 'payment', patient)
  await engine.cancel('h3', 'the customer called')
  const why = async (id: string) => (await engine.find(id))?.state.turnedBack?.why
  await expect.poll(() => why('h3'), patient).toBe('cancelled')
  await expect.poll(() => why('l1'), patient).toBe('deadline')
})

test('sagas of a worker that died wait in the store when there is no room for them, not in the memory of who frees them', async () => {
  const hog = saga('orphaned')
    .step('charge', { run: hang, compensate: () => {}, dependency: 'bank', timeout: '5m' })
    .build()
  const starter = await bench.open({ sagas: [hog], works: false })
  for (let index = 0; index < 20; index += 1) await starter.start(hog, { id: `orphan-${index}`, input: null })
  const dead = '00000000-0000-4000-8000-000000000000'
  await bench.store.query(`update watertight.saga set owner = $1, due_at = null where name = 'orphaned'`, [
    dead,
  ])
  await bench.open({ sagas: [hog], dependencies: { bank: 2 }, drainMs: 0 })
  const states = `select owner, waits_for from watertight.saga where name = 'orphaned' and owner is distinct from $1`
  const seen = async () =>
    (await bench.store.query<{ owner: string | null; waits_for: string }>(states, [dead])).rows
  await vi.waitUntil(async () => {
    const rows = await seen()
    return rows.length === 20 && rows.every(({ owner, waits_for }) => owner !== null || waits_for === 'bank')
  }, patient)
  expect((await seen()).filter(({ owner }) => owner !== null).length).toBeLessThan(10)
})
