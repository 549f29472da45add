import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import type { NewSaga, SagaRecord } from '../../src/saga/queries/saga-record.js'
import { writeSagas } from '../../src/saga/queries/write-sagas.js'
import type { Store } from '../../src/store/store.js'
import { emptyStore } from '../empty-store.js'

let store: Store
beforeAll(async () => {
  store = await emptyStore()
  await migrate(store)
})
afterAll(() => store.close())

const state = {
  status: 'running',
  stage: 0,
  input: null,
  steps: {},
  signals: {},
  timeline: [],
  omitted: 0,
} as const

const begun = (id: string): NewSaga => ({
  id,
  name: 'order',
  version: 1,
  key: null,
  parent: null,
  status: 'running',
  state,
  owner: '00000000-0000-4000-8000-000000000001',
  waitsFor: 'order/reserve',
})

const moved = (id: string, revision: number): SagaRecord => ({
  id,
  version: 1,
  epoch: 1,
  revision,
  status: 'running',
  state: { ...state, stage: revision + 1 },
  kept: true,
  ended: false,
  dueAt: null,
  waitsFor: null,
  consumed: 0,
})

const many = (prefix: string): string[] => Array.from({ length: 50 }, (_, number) => `${prefix}-${number}`)

/** Rows of the table that statements have read so far, from end to end and by an index. */
async function readRows(): Promise<{ inTurn: number; byIndex: number }> {
  await store.query('select pg_stat_force_next_flush()')
  const { rows } = await store.query<{ inTurn: number; byIndex: number }>(
    `select seq_tup_read::integer as "inTurn", idx_tup_fetch::integer as "byIndex"
     from pg_stat_user_tables where schemaname = 'watertight' and relname = 'saga'`,
  )
  return rows[0]!
}

test('sagas are found by their keys, although the plan was made when there were none', async () => {
  // As often as a connection makes a plan for the values at hand before it keeps one for all.
  for (let turn = 0; turn < 8; turn += 1) await writeSagas(store, [moved('nobody', 0)], [])
  const ids = ['first', 'second', 'third', 'fourth'].flatMap(many)
  await writeSagas(store, [], ids.map(begun))
  const before = await readRows()
  const asked = many('first')
  for (let revision = 0; revision < 5; revision += 1) {
    const records = asked.map((id) => moved(id, revision))
    expect((await writeSagas(store, records, [])).written).toEqual(new Set(records))
  }
  const after = await readRows()
  expect(after.inTurn - before.inTurn).toBe(0)
  expect(after.byIndex - before.byIndex).toBeGreaterThanOrEqual(5 * asked.length)
  expect(after.byIndex - before.byIndex).toBeLessThan(10 * asked.length)
})

test('what is taken and what is not is told apart within one statement', async () => {
  await writeSagas(store, [], [begun('there'), begun('moved')])
  const taken = moved('moved', 0)
  const starts = [begun('new'), begun('there'), begun('twice'), begun('twice')]
  const answer = await writeSagas(store, [moved('there', 7), taken, moved('nobody', 0)], starts)
  expect([...answer.written]).toEqual([taken])
  expect([...answer.started]).toEqual([starts[0], starts[2]])
})

test('each saga gets its own state, whatever texts it holds', async () => {
  const texts = ['a\nb', '\0', '\ud800', 'x\\ny', '\u2028', '']
  const sagas = texts.map((text, number) => ({
    ...begun(`text-${number}`),
    state: { ...state, input: text },
  }))
  await writeSagas(store, [], sagas)
  const records = texts.map((text, number) => ({
    ...moved(`text-${number}`, 0),
    state: { ...state, stage: number, input: text },
  }))
  const { rows: first } = await store.query<{ state: string }>(
    `select state::text as state from watertight.saga where id like 'text-%' order by id`,
  )
  expect(first.map((row) => JSON.parse(row.state) as unknown)).toEqual(sagas.map((saga) => saga.state))
  await writeSagas(store, records, [])
  const { rows } = await store.query<{ state: string }>(
    `select state::text as state from watertight.saga where id like 'text-%' order by id`,
  )
  expect(rows.map((row) => JSON.parse(row.state) as unknown)).toEqual(records.map((record) => record.state))
})
