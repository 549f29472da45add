import { readdir, readFile } from 'node:fs/promises'
import type { Migration } from './migration.js'

const folder = new URL('../../migrations/', import.meta.url)
const fileName = /^(\d{4})-[a-z0-9-]+\.sql$/

/** Every migration that this version of the package knows, by number. */
export async function readMigrations(): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => fileName.test(file)).toSorted()
  return await Promise.all(
    files.map(async (file) => ({
      number: Number(file.slice(0, 4)),
      name: file.slice(0, -'.sql'.length),
      sql: await readFile(new URL(file, folder), 'utf8'),
    })),
  )
}
