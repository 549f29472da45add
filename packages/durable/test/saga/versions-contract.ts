import { expect, test } from 'vitest'
import { saga } from '../../src/saga/index.js'
import type { SagaBench } from './saga-bench.js'
import { Services } from './services.js'

/** What a new version of a saga does to instances of the one before. */
export function versionsContract(bench: SagaBench): void {
  goesOn(bench)
  renames(bench)
}

function goesOn(bench: SagaBench): void {
  const ran: string[] = []
  const noting = (version: number) => ({
    run: ({ key }: { key: string }) => void ran.push(`${version} ${key}`),
    compensate: () => {},
  })
  const first = saga('moving').step('one', noting(1)).signal('go').step('two', noting(1)).build()

  test('an instance that was started on version 1 finishes on it, under a worker that knows 1 and 2', async () => {
    const second = saga('moving', { version: 2 }).step('other', noting(2)).step('two', noting(2)).build()
    const id = bench.nextId()
    const old = await bench.open({ sagas: [first] })
    await old.start(first, { id, input: null })
    await expect.poll(async () => (await old.find(id))?.state.steps['one']?.status).toBe('done')
    await old.close()
    const engine = await bench.open({ sagas: [second, first] })
    await engine.signal(id, 'go')
    await expect.poll(async () => (await engine.find(id))?.status).toBe('done')
    expect(ran.filter((line) => line.includes(id))).toEqual([`1 ${id}.one`, `1 ${id}.two`])
    expect((await engine.find(id))?.version).toBe(1)
  })

  test('or it is moved, as version 2 states, with the results that it has', async () => {
    const second = saga('moving', { version: 2, migrations: { 1: { renamed: { one: 'first' } } } })
      .step('first', noting(2))
      .signal('go')
      .step('between', noting(2))
      .step('two', noting(2))
      .build()
    const id = bench.nextId()
    const old = await bench.open({ sagas: [first] })
    await old.start(first, { id, input: null })
    await expect.poll(async () => (await old.find(id))?.state.steps['one']?.status).toBe('done')
    await old.close()
    const engine = await bench.open({ sagas: [second] })
    await engine.signal(id, 'go')
    await expect.poll(async () => (await engine.find(id))?.status).toBe('done')
    expect(ran.filter((line) => line.includes(id))).toEqual([`1 ${id}.one`, `2 ${id}.between`, `2 ${id}.two`])
    expect(await engine.find(id)).toMatchObject({
      version: 2,
      state: { steps: { first: { status: 'done' } } },
    })
  })
}

function renames(bench: SagaBench): void {
  test('steps that were started and then renamed are undone by the keys under which they were asked, a child as the saga that it is', async () => {
    const services = new Services()
    const step = {
      run: ({ key }: { key: string }) => services.do(key),
      compensate: ({ stepKey }: { stepKey: string }) => services.undo(stepKey),
    }
    const parcel = saga('renamed-parcel').step('pack', step).build()
    const shipped = { saga: parcel, input: () => null }
    const older = saga('renamed').step('charge', step).child('ship', shipped).signal('go').build()
    const renamed = { charge: 'pay', ship: 'send' }
    const newer = saga('renamed', { version: 2, migrations: { 1: { renamed } } })
      .step('pay', step)
      .child('send', shipped)
      .signal('go')
      .build()
    const id = bench.nextId()
    const old = await bench.open({ sagas: [older] })
    await old.start(older, { id, input: null })
    await expect.poll(async () => (await old.find(id))?.state.steps['go']?.status).toBe('waiting')
    await old.close()
    const engine = await bench.open({ sagas: [newer] })
    await engine.cancel(id)
    await expect.poll(async () => (await engine.find(id))?.status).toBe('compensated')
    expect(await engine.find(`${id}.ship`)).toMatchObject({ status: 'compensated', parent: id })
    expect(await engine.find(`${id}.send`)).toBeUndefined()
    expect(services.standing(id)).toEqual([])
    expect(services.asked.slice(2)).toEqual([`${id}.ship.pack.undo`, `${id}.charge.undo`])
  })
}
