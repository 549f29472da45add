import { expect, test, vi } from 'vitest'
import { saga } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'
import { Services } from './services.js'

const bench = new EngineBench(emptyStore)
const patient = { timeout: 20_000 }

/** A step that others can see. */
function servedStep() {
  const services = new Services()
  const step = {
    run: ({ key }: { key: string }) => services.do(key),
    compensate: ({ stepKey }: { stepKey: string }) => services.undo(stepKey),
  }
  return { services, step }
}

test('a saga that has ended is kept for as long as one far above it may have it undone', async () => {
  const { services, step } = servedStep()
  const leaf = saga('leaf').step('book', step).build()
  const middle = saga('middle')
    .child('leaf', { saga: leaf, input: () => null })
    .build()
  const top = saga('top')
    .child('middle', { saga: middle, input: () => null })
    .signal('go')
    .build()
  const other = saga('other').step('one', step).build()
  const engine = await bench.open({ sagas: [top, other] })
  await engine.start(top, { id: 't', input: null })
  await vi.waitUntil(async () => (await engine.find('t'))?.state.steps['go'] !== undefined, patient)
  const alone = await engine.start(other, { id: 'alone', input: null })
  await alone.outcome()
  await bench.open({ sagas: [top, other], keepEndedMs: 0 })
  // One statement has cleaned up after both.
  await vi.waitUntil(async () => (await engine.find('alone')) === undefined, patient)
  expect(await engine.find('t.middle.leaf')).toMatchObject({ status: 'done' })
  await engine.cancel('t')
  await vi.waitUntil(async () => (await engine.find('t'))?.status !== 'running', patient)
  await vi.waitUntil(() => services.standing('t').length === 0, patient)
})

test('the input of a child is asked for once: the clock has moved on when the child is looked at again', async () => {
  const { services, step } = servedStep()
  const inputs: number[] = []
  const parcel = saga('parcel').signal('sent').build()
  const parent = saga('parent')
    .step('reserve', step)
    .child('ship', { saga: parcel, input: () => inputs.push(inputs.length) })
    .build()
  const engine = await bench.open({ sagas: [parent] })
  const { outcome } = await engine.start(parent, { id: 'p', input: null })
  const attempt = async () => (await engine.find('p'))?.state.steps['ship']?.attempt ?? 0
  const looks = async (more: number) => {
    const before = await attempt()
    await vi.waitUntil(async () => (await attempt()) >= before + more, patient)
  }
  await vi.waitUntil(async () => (await engine.find('p.ship')) !== undefined, patient)
  await vi.waitUntil(async () => (await engine.find('p'))?.state.steps['ship']?.status === 'waiting', patient)
  for (const more of [1, 1]) {
    const looked = looks(more)
    await engine.retryNow('p')
    await looked
    await vi.waitUntil(
      async () => (await engine.find('p'))?.state.steps['ship']?.status === 'waiting',
      patient,
    )
  }
  await engine.signal('p.ship', 'sent')
  expect(await outcome()).toMatchObject({ status: 'done' })
  expect(inputs).toHaveLength(1)
  expect(services.standing('p')).toEqual(['p.reserve'])
})

test('a child whose id somebody has given to a saga of theirs is refused, and theirs is not undone', async () => {
  const { services, step } = servedStep()
  const pay = saga('pay').step('charge', step).build()
  const order = saga('order')
    .child('pay', { saga: pay, input: () => null })
    .build()
  const engine = await bench.open({ sagas: [order, pay] })
  const theirs = await engine.start(pay, { id: 'o1.pay', input: null })
  await theirs.outcome()
  const ours = await engine.start(order, { id: 'o1', input: null })
  expect(await ours.outcome()).toEqual({
    status: 'compensated',
    turnedBack: {
      why: 'refused',
      step: 'pay',
      code: 'child-compensated',
      message: 'id o1.pay was given to another saga before',
    },
  })
  expect(await engine.find('o1.pay')).toMatchObject({ status: 'done' })
  expect(services.standing('o1.pay')).toEqual(['o1.pay.charge'])

  // Nor by one that turns back while it does not know what became of its child.
  await bench.store.query(
    `update watertight.saga set ended_at = null, status = 'running', due_at = now(),
       state = replace(replace(state::text, '"compensated"', '"running"'), '"refused"', '"running"')::json where id = 'o1'`,
  )
  await engine.cancel('o1')
  await vi.waitUntil(async () => (await engine.find('o1'))?.status === 'compensated', patient)
  const timeline = (await engine.find('o1'))?.timeline ?? []
  expect(timeline.map(({ detail }) => detail)).toContain('nothing to undo: id o1.pay is that of another saga')
  expect(services.standing('o1.pay')).toEqual(['o1.pay.charge'])
})

test('a saga under that id with another input is a conflict in a transaction, too', async () => {
  const { step } = servedStep()
  const first = saga('first').step('one', step).build()
  const engine = await bench.open({ sagas: [first] })
  await engine.start(first, { id: 'taken', input: 1 })
  const startIn = (input: unknown) =>
    bench.store.transaction((transaction) => engine.startIn(transaction, first, { id: 'taken', input }))
  expect((await startIn(1)).isNew).toBe(false)
  await expect(startIn(2)).rejects.toMatchObject({ code: 'WT_SAGA_CONFLICT' })
})
