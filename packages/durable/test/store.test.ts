import { expect, it } from 'vitest'
import { PGliteStore } from '../src/store/pglite/pglite-store.js'
import { storeContract } from './store-contract.js'

storeContract('PGlite in memory', async (options) => new PGliteStore(options))

it('a new database has nothing of one that was made before', async () => {
  const first = new PGliteStore()
  await first.query('create table traces (id integer)')
  await first.close()
  const second = new PGliteStore()
  const { rows } = await second.query("select to_regclass('traces') as traces")
  await second.close()
  expect(rows).toEqual([{ traces: null }])
})
