import { expect, test } from 'vitest'
import { saga } from '../../src/saga/index.js'
import type { SagaRecord } from '../../src/saga/queries/saga-record.js'
import { writeSagas } from '../../src/saga/queries/write-sagas.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
const short = saga('short')
  .step('one', { run: () => 1, compensate: () => {} })
  .step('two', { run: () => 2 })
  .build()

/** Loses the answers to the first statements that match, after they have had their effect. */
function loseAnswers(pattern: RegExp, answers: number): () => void {
  const { store } = bench
  const query = store.query.bind(store)
  let left = answers
  store.query = async (text, values, options) => {
    const result = await query<never>(text, values, options)
    if (!pattern.test(text) || left === 0 || (pattern.source.includes('owner') && result.rows.length === 0))
      return result
    left -= 1
    throw new Error('Connection terminated unexpectedly')
  }
  return () => {
    store.query = query
  }
}

test('the answer to a start is lost: the saga is started once, by the one who asked', async () => {
  const engine = await bench.open({ sagas: [short] })
  const restore = loseAnswers(/watertight\.write_sagas/, 1)
  const { outcome, isNew } = await engine.start(short, { id: 'lost-start', input: null })
  expect(isNew).toBe(true)
  expect(await outcome()).toMatchObject({ status: 'done' })
  restore()
})

test('the answer to a transition is lost: it was written, and is not taken for a refusal', async () => {
  const engine = await bench.open({ sagas: [short] })
  const restore = loseAnswers(/watertight\.write_sagas/, 2)
  const { id, outcome } = await engine.start(short, { id: 'lost-write', input: null })
  expect(await outcome()).toMatchObject({ status: 'done' })
  restore()
  const steps = Object.values((await engine.find(id))!.state.steps)
  expect(steps.map(({ attempt }) => attempt)).toEqual([1, 1])
})

test('the answer to a claim is lost: the saga that nobody knows to have is given back, and taken up', async () => {
  const starter = await bench.open({ sagas: [short], works: false })
  const restore = loseAnswers(/set owner = \$1/, 1)
  await bench.open({ sagas: [short], leaseMs: 900 })
  const { outcome } = await starter.start(short, { id: 'lost-claim', input: null })
  expect(await outcome()).toMatchObject({ status: 'done' })
  restore()
})

test('a worker that has lost a saga and taken it up again writes both in one statement: what it lost is refused', async () => {
  const starter = await bench.open({ sagas: [short], works: false })
  await starter.start(short, { id: 'taken-up-again', input: null })
  const { rows } = await bench.store.query<{ revision: number; state: string }>(
    `update watertight.saga set epoch = 3 where id = 'taken-up-again' returning revision, state::text as state`,
  )
  const { revision, state } = rows[0]!
  const taken = {
    id: 'taken-up-again',
    version: 1,
    epoch: 3,
    revision,
    status: 'running',
    state: JSON.parse(state) as SagaRecord['state'],
    kept: false,
    ended: false,
    dueAt: null,
    waitsFor: null,
    consumed: 0,
  } as const
  const { written } = await writeSagas(bench.store, [{ ...taken, epoch: 1 }, taken], [])
  expect([...written]).toEqual([taken])
})
