import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, migrationStatus } from '../../src/migrations/migrate.js'
import { readMigrations } from '../../src/migrations/read-migrations.js'
import { publish } from '../../src/outbox/publish.js'
import type { Store } from '../../src/store/store.js'
import { emptyStore } from '../empty-store.js'
import { drain, Scene } from '../scene.js'
import { describeSchema } from './describe-schema.js'
import { ofEarlierVersion } from './of-earlier-version.js'

const folder = fileURLToPath(new URL('snapshots/', import.meta.url))
const update = process.env['WATERTIGHT_SNAPSHOTS'] === 'write'
let store: Store
beforeAll(async () => {
  store = await emptyStore()
})
afterAll(() => store.close())

// A snapshot is the text of a migration, by its digest, and the schema after it. WATERTIGHT_SNAPSHOTS=write writes those
// that are new; one that changes means that a database which has that migration already is left behind.
test('every migration and the schema after it are what they were when it was written', async () => {
  const migrations = await readMigrations()
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1))
  for (const { number, name, sql } of migrations) {
    expect((await migrate(store, { to: number })).pending).toEqual([])
    const digest = createHash('sha256').update(sql).digest('hex')
    const snapshot = `${name} sha256 ${digest}\n\n${await describeSchema(store)}`
    if (update) await writeFile(`${folder}${name}.txt`, snapshot)
    expect(snapshot).toBe(await readFile(`${folder}${name}.txt`, 'utf8'))
  }
  expect(await readdir(folder)).toEqual(migrations.map(({ name }) => `${name}.txt`))
})

test('from each earlier schema a database moves up, and keeps what it holds', async () => {
  const migrations = await readMigrations()
  for (const { number, name } of migrations) {
    await store.query('drop schema watertight cascade')
    await migrate(store, { to: number })
    const status = await migrationStatus(store)
    expect([status.applied.length, status.pending.length]).toEqual([number, migrations.length - number])
    const { topic } = new Scene({ store }, name)
    await store.transaction((transaction) =>
      publish(ofEarlierVersion(transaction, number), topic, {
        type: 'numbered',
        key: 'old',
        data: { n: number },
      }),
    )
    await migrate(store)
    const seen: number[] = []
    const scene = new Scene({ store }, name)
    await drain(await scene.member({ handle: async ({ data }) => void seen.push(data.n) }))
    expect(seen).toEqual([number])
  }
})

test('a schema that is newer than this version is left as it is', async () => {
  await store.query(`insert into watertight.migration (number, name) values (9999, '9999-of-tomorrow')`)
  const status = await migrate(store)
  expect(status.pending).toEqual([])
  await store.query('delete from watertight.migration where number = 9999')
})
