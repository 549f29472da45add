import { expect, test } from 'vitest'
import { saga } from '../../src/saga/index.js'
import type { SagaBench } from './saga-bench.js'

/** What a new version of a saga does to instances of the one before. */
export function versionsContract(bench: SagaBench): void {
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
