import { constant } from '@watertight/policy'
import { expect, test, vi } from 'vitest'
import { begin, evolve } from '../../src/saga/decisions/evolve.js'
import { moveVersion } from '../../src/saga/decisions/move-version.js'
import { firstNameOf } from '../../src/saga/decisions/saga-state.js'
import { saga } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'
import { Services } from './services.js'

const bench = new EngineBench(emptyStore)
const step = { run: () => null, compensate: () => {} }
const order = (...names: readonly string[]) =>
  names.reduce((steps, name) => steps.step(name, step), saga('order').step('reserve', step)).build().plan

test('a step that was renamed while its answer was lost is asked again under the key that downstream knows', async () => {
  const services = new Services()
  let isLost = true
  const charge = {
    run: ({ key }: { key: string }) => {
      services.do(key)
      if (isLost) throw new Error('the answer was lost')
    },
    compensate: () => {},
    retry: { attempts: 9, backoff: constant({ ms: 300 }) },
  }
  const older = saga('doubtful').step('charge', charge).build()
  const migrations = { 1: { renamed: { charge: 'pay' } } }
  const newer = saga('doubtful', { version: 2, migrations }).step('pay', charge).build()
  const old = await bench.open({ sagas: [older] })
  await old.start(older, { id: 'o1', input: null })
  await vi.waitUntil(async () => (await old.find('o1'))?.state.steps['charge']?.status === 'waiting', 20_000)
  await old.close()
  isLost = false
  // The lane in which the saga waits has the name of the older step, and no worker has that any more.
  const engine = await bench.open({ sagas: [newer] })
  await vi.waitUntil(async () => (await engine.find('o1'))?.status === 'done', 20_000)
  expect(services.standing('o1')).toEqual(['o1.charge'])
})

test('no step is ever asked under the first name of another, whatever later versions call them', () => {
  const first = begin(order('charge'), null, 0)
  const second = moveVersion(order('pay'), first, { renamed: { reserve: 'reserve', charge: 'pay' }, at: 1 })
  expect(second.firstNames).toEqual({ pay: 'charge' })
  const third = moveVersion({ ...order('pay', 'charge'), version: 3 }, second, { renamed: {}, at: 2 })
  const keys = ['reserve', 'pay', 'charge'].map((name) => firstNameOf(third, name))
  expect(keys).toEqual(['reserve', 'charge', 'charge@3'])
  const swapped = moveVersion(order('charge', 'pay'), third, {
    renamed: { pay: 'charge', charge: 'pay' },
    at: 3,
  })
  expect(swapped.firstNames).toEqual({ pay: 'charge@3' })
})

test('who tells a saga of a child knows the step by its first name', () => {
  const begun = begin(order(), null, 0)
  const reserve = { status: 'waiting', attempt: 1, tries: 1, dueAt: 60_000 } as const
  const waits = { ...begun, steps: { reserve } }
  const plan = saga('order').step('book', step).build().plan
  const moved = moveVersion(plan, waits, { renamed: { reserve: 'book' }, at: 1 })
  expect(moved.steps).toEqual({ book: reserve })
  expect(evolve(plan, moved, { type: 'woken', at: 2, step: 'reserve' }).steps['book']?.status).toBe('running')
})

test('a step may be called like what every object has, and is not taken for done when its saga is moved', () => {
  const begun = begin(order(), null, 0)
  const reserved = { ...begun, steps: { reserve: { status: 'done', attempt: 1, tries: 1 } } } as const
  const moved = moveVersion(order('toString'), reserved, { renamed: {}, at: 1 })
  expect(moved).toMatchObject({ stage: 1, status: 'running' })
})
