import { expect, test } from 'vitest'
import { saga } from '../../src/saga/index.js'
import { PGliteStore } from '../../src/store/pglite/pglite-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(
  async () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
)
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
  const restore = loseAnswers(/insert into watertight\.saga \(/, 1)
  const { outcome, isNew } = await engine.start(short, { id: 'lost-start', input: null })
  expect(isNew).toBe(true)
  expect(await outcome()).toMatchObject({ status: 'done' })
  restore()
})

test('the answer to a transition is lost: it was written, and is not taken for a refusal', async () => {
  const engine = await bench.open({ sagas: [short] })
  const restore = loseAnswers(/saga\.revision = new\.revision/, 2)
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
