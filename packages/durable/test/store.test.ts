import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openStore } from '../src/store/open-store.js'
import { FolderLock } from '../src/store/pglite/folder-lock.js'
import { PGliteStore } from '../src/store/pglite/pglite-store.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { storeContract } from './store-contract.js'

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

storeContract('PGlite in memory', async (options) => new PGliteStore(options))
storeContract('PGlite in a folder', async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-store-'))
  folders.push(folder)
  // As a shell completes it, and not there yet.
  return openStore(`pglite:${folder}/new/data/`, options)
})

it('a URL that is not set and an option that is misspelt are refused with what to give', () => {
  for (const given of [undefined, ''])
    expect(() => openStore(given as string)).toThrow(/url must be postgres.*is the variable set/)
  const misspelt = { conectionsMax: 2 } as object
  expect(() => openStore('pglite:memory', misspelt)).toThrow(/conectionsMax.*did you mean connectionsMax/)
  expect(() => new PostgresStore({ url: 'postgres://one', ...misspelt })).toThrow(/conectionsMax/)
  expect(() => new PGliteStore({ folderr: 'data' } as object)).toThrow(/did you mean folder/)
})

it('what cannot be opened is not in use', async () => {
  const root = await mkdtemp(join(tmpdir(), 'watertight-store-'))
  folders.push(root)
  const folder = join(root, 'data')
  // Where the mark of an unfinished database would be written.
  await mkdir(`${folder}.unfinished`)
  expect(() => new PGliteStore({ folder })).toThrow(/EISDIR/)
  FolderLock.take(folder).release()
})

it('a new database has nothing of one that was made before', async () => {
  const first = new PGliteStore()
  await first.query('create table traces (id integer)')
  await first.close()
  const second = new PGliteStore()
  const { rows } = await second.query("select to_regclass('traces') as traces")
  await second.close()
  expect(rows).toEqual([{ traces: null }])
})
