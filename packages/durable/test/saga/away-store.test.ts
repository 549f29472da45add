import { expect, test } from 'vitest'
import { saga } from '../../src/saga/index.js'
import { StoreError } from '../../src/store/errors.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
const short = saga('short')
  .step('one', { run: () => 1, compensate: () => {} })
  .build()

test('whoever starts a saga while the store is away is told so after a while, and may start it again by its id', async () => {
  const engine = await bench.open({ sagas: [short], startDeadlineMs: 100 })
  const { store } = bench
  const query = store.query.bind(store)
  let comeBack = (): void => {}
  const back = new Promise<void>((resolve) => (comeBack = resolve))
  store.query = async (...statement) => {
    if (statement[0].includes('write_sagas')) await back
    return await query<never>(...statement)
  }
  await expect(engine.start(short, { id: 's1', input: null })).rejects.toMatchObject({
    code: 'WT_SAGA_DEADLINE',
    message:
      'cannot start saga short: the store has not taken s1 within 100 ms, but may yet; start it again under the same id',
  })
  store.query = query
  comeBack()
  // It was under way: nobody waits for it any more, and it is gone on with all the same.
  await expect.poll(async () => (await engine.find('s1'))?.status, { timeout: 20_000 }).toBe('done')
  const patient = await bench.open({ sagas: [short] })
  const again = await patient.start(short, { id: 's1', input: null })
  expect(again.isNew).toBe(false)
})

test('a store that is lost for this process is not waited for', async () => {
  const engine = await bench.open({ sagas: [short] })
  const { store } = bench
  const query = store.query.bind(store)
  store.query = async (...statement) => {
    if (statement[0].includes('write_sagas')) throw new StoreError('WT_STORE_LOST', 'the database ended')
    return await query<never>(...statement)
  }
  await expect(engine.start(short, { id: 's2', input: null })).rejects.toMatchObject({
    code: 'WT_STORE_LOST',
  })
  store.query = query
})
