import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test, vi } from 'vitest'
import { saga, waitingSagas, type SagaDefinition, type SagaHandle } from '../../src/saga/index.js'
import { type LanePlaces, lookForSagas } from '../../src/saga/queries/look-for-sagas.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
beforeEach(async () => void (await bench.store.query('delete from watertight.saga')))

const definition: SagaDefinition<string> = saga<string>('place-order')
  .step('charge', { run: () => null, compensate: () => {}, dependency: 'payment' })
  .build()

/** Starts sagas that nobody works on: whoever opens the store next finds them there. */
async function leave(...names: readonly string[]): Promise<void> {
  const engine = await bench.open({ sagas: [definition], works: false })
  for (const id of names) await engine.start(definition, { id, input: id })
}

/** The process that asked them once is gone, and they are due again since long ago. */
const askedAgain = async (...ids: readonly string[]): Promise<void> =>
  void (await bench.store.query(
    `update watertight.saga set due_at = now() - interval '1 hour' where id = any($1::text[])`,
    [ids],
  ))

const taken = async (places: LanePlaces): Promise<string[]> => {
  const { claimed } = await lookForSagas(bench.store, {
    worker: randomUUID(),
    places: new Map([['payment', places]]),
    definitions: [{ name: 'place-order', version: 1 }],
  })
  return claimed.map(({ id }) => id).toSorted()
}

test('a backlog of an outage is older than what came after it: any worker takes first tries from the store before it', async () => {
  await leave('a1', 'a2', 'a3', 'b1', 'b2', 'b3')
  await askedAgain('a1', 'a2', 'a3')
  expect(await waitingSagas(bench.store)).toEqual([{ dependency: 'payment', sagas: 6 }])
  expect(await taken({ first: 2, all: 2, again: 0 })).toEqual(['b1', 'b2'])
  // However many first tries there are, some turns are for those that are asked again.
  expect(await taken({ first: 1, all: 1, again: 1 })).toEqual(['a1', 'b3'])
  expect(await taken({ first: 5, all: 5, again: 0 })).toEqual(['a2', 'a3'])
})

test('a saga that waits for its first turn says when that was due, and is still first when it is told something', async () => {
  const before = Date.now()
  await leave('c1', 'c2')
  await askedAgain('c1')
  const engine = await bench.open({ sagas: [definition], works: false })
  const due = (await engine.find('c2'))?.dueAt?.getTime() ?? 0
  expect(Math.abs(due - before)).toBeLessThan(600_000)
  await engine.retryNow('c2')
  expect(await taken({ first: 1, all: 1, again: 0 })).toEqual(['c2'])
})

test('a saga whose next step has no room waits in the store with the first tries, until its turn comes', async () => {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const twoSteps = saga<string>('two-steps')
    .step('reserve', { run: () => null, compensate: () => {} })
    .step('charge', {
      run: async () => {
        await opened
        return null
      },
      compensate: () => {},
      timeout: '5m',
      dependency: 'bank',
    })
    .build()
  const engine = await bench.open({ sagas: [twoSteps], dependencies: { bank: 1 } })
  const started: SagaHandle[] = []
  // One runs, and one waits for its turn in memory; those that are started later find no room.
  for (const id of ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8'])
    started.push(await engine.start(twoSteps, { id, input: id }))
  const ahead = async (): Promise<number> => {
    const { rows } = await bench.store.query(
      `select from watertight.saga where waits_for = 'bank' and due_at < now() - interval '1 year'`,
    )
    return rows.length
  }
  await vi.waitUntil(async () => (await ahead()) > 0, { timeout: 20_000 })
  open()
  const outcomes = await Promise.all(started.map(({ outcome }) => outcome()))
  expect(outcomes.map(({ status }) => status)).toEqual(started.map(() => 'done'))
})
