import { expect, test } from 'vitest'
import { saga, type SagaEngine } from '../../../src/saga/index.js'
import { Services } from '../services.js'
import { terminateWorkflow } from './recorded-histories.js'
import type { TemporalBench } from './temporal-bench.js'

/** What becomes of sagas whose workflows somebody has ended in Temporal. */
export function endedOutsideContract(bench: TemporalBench): void {
  test('one workflow was terminated in Temporal: the other sagas are listed, it is found as ended from outside, and resume takes it up', async () => {
    const services = new Services()
    const placeOrder = reservedThenTold('terminated', services)
    const engine = await bench.open({ sagas: [placeOrder] })
    const ids = [bench.nextId(), bench.nextId()] as const
    const [id, other] = ids
    const handles = await Promise.all(ids.map((one) => engine.start(placeOrder, { id: one, input: null })))
    for (const one of ids) await waitsForTheWord(engine, one)
    await terminateWorkflow(bench.server.address, id)
    await expect(handles[0]!.outcome()).rejects.toMatchObject({
      code: 'WT_SAGA_ENDED_OUTSIDE',
      message: `cannot read how saga ${id} ended: its workflow was ended from outside, where it stood; resume takes it up there`,
    })
    const listed = async (status: 'running' | 'ended-outside') =>
      (await engine.list({ name: 'terminated', status })).map((one) => one.id)
    await expect.poll(() => listed('ended-outside'), { timeout: 30_000 }).toEqual([id])
    expect(await listed('running')).toEqual([other])
    expect((await engine.list({ name: 'terminated' })).map((one) => one.id).toSorted()).toEqual(
      ids.toSorted(),
    )
    expect(await engine.find(id)).toMatchObject({
      status: 'ended-outside',
      state: { status: 'running', steps: { reserve: { status: 'done' } } },
    })
    await expect(engine.signal(id, 'word')).rejects.toMatchObject({ code: 'WT_SAGA_ENDED' })

    await engine.resume(id)
    await engine.signal(id, 'word')
    const again = await engine.start(placeOrder, { id, input: null })
    expect(again.isNew).toBe(false)
    expect(await again.outcome()).toMatchObject({ status: 'done' })
    expect(services.asked.toSorted()).toEqual(ids.map((one) => `${one}.reserve`).toSorted())
    await engine.signal(other, 'word')
  })

  test('the workflow of a child was terminated: its parent does not wait for it for ever, and both are undone', async () => {
    const services = new Services()
    const child = reservedThenTold('terminated-child', services)
    const parent = saga('parent-of-terminated')
      .child('inside', { saga: child, input: () => null })
      .build()
    const engine = await bench.open({ sagas: [parent] })
    const { id, outcome } = await engine.start(parent, { id: bench.nextId(), input: null })
    await waitsForTheWord(engine, `${id}.inside`)
    await terminateWorkflow(bench.server.address, `${id}.inside`)
    await engine.cancel(id)
    expect(await outcome()).toMatchObject({ status: 'compensated' })
    expect(services.asked).toEqual([`${id}.inside.reserve`, `${id}.inside.reserve.undo`])
    expect((await engine.find(`${id}.inside`))?.status).toBe('compensated')
  })
}

const reservedThenTold = (name: string, services: Services) =>
  saga(name)
    .step('reserve', {
      run: ({ key }) => services.do(key),
      compensate: ({ stepKey }) => services.undo(stepKey),
    })
    .signal('word')
    .build()

async function waitsForTheWord(engine: SagaEngine, id: string): Promise<void> {
  const waiting = async () => (await engine.find(id))?.state.steps['word']?.status
  await expect.poll(waiting, { timeout: 30_000 }).toBe('waiting')
}
