import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Postgres } from '../src/postgres/postgres.js'
import { startDatabase, stopDatabases, type Database } from './database.js'

let folder: string
let database: Database

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'database-'))
  database = await startDatabase(folder)
  await database.postgres.run('CREATE TABLE kept (number integer)')
}, 180_000)
afterAll(async () => {
  await stopDatabases()
  await rm(folder, { recursive: true })
}, 60_000)

test('only who has the token is heard', async () => {
  const ask = (headers: Record<string, string>, body: string) =>
    fetch(database.url, { method: 'POST', headers, body }).then(({ status }) => status)
  expect(await ask({}, '{"sql":"SELECT 1"}')).toBe(401)
  expect(await ask({ 'x-postgres-token': 'tokem' }, '{"sql":"SELECT 1"}')).toBe(401)
  expect(await ask({ 'x-postgres-token': 'token' }, 'SELECT 1')).toBe(400)
  expect(await ask({ 'x-postgres-token': 'token' }, '{"sql":"SELECT 1"}')).toBe(200)
})

test('a statement that is refused says why, and the next one is taken', async () => {
  const { postgres } = database
  await expect(postgres.query('SELECT * FROM nowhere')).rejects.toThrow('relation "nowhere" does not exist')
  expect(await postgres.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('what is asked of a database that has been killed waits until it is back, with all that it was told to keep', async () => {
  const { postgres, url, kill } = database
  await postgres.query('INSERT INTO kept VALUES ($1)', [7])
  await kill()
  // Not over a connection of the one that died: what is written to it is sent, and never asked again.
  const asked = new Postgres({ url, token: 'token', awayMs: 60_000 }).query('SELECT number FROM kept')
  database = await startDatabase(folder, Number(new URL(url).port))
  expect(await asked).toEqual([{ number: 7 }])
}, 90_000)

test('a database that lies where it lay formerly, beside the log of order, is taken over', async () => {
  await stopDatabases()
  await mkdir(join(folder, 'order'))
  await rename(join(folder, 'database', 'postgres'), join(folder, 'order', 'postgres'))
  const { postgres } = await startDatabase(folder)
  expect(await postgres.query('SELECT number FROM kept')).toEqual([{ number: 7 }])
}, 90_000)
