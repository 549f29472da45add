import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDatabase, stopDatabases, type Database } from './database.js'

let folder: string
let database: Database

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'database-'))
  database = await startDatabase(folder)
  await database.store.query('create table kept (number integer)')
})
afterAll(async () => {
  await stopDatabases()
  await rm(folder, { recursive: true })
})

test('what is asked of a database that has been killed waits until it is back, with all that it was told to keep', async () => {
  const { store, port, kill } = database
  await store.query('insert into kept values ($1)', [7])
  await kill()
  const asked = store.query('select number from kept')
  database = await startDatabase(folder, port)
  expect((await asked).rows).toEqual([{ number: 7 }])
}, 90_000)
