import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DatabaseImage } from './database-image.js'

let root: string
let cache: string
const tar = new Blob(['all the files of a new database'])

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-'))
  cache = join(root, 'node_modules', '.cache', 'watertight')
})
afterEach(() => rmSync(root, { recursive: true }))

/** The image for a PGlite of this version, installed in the folder of the test. */
function imageOf(version: string): DatabaseImage | undefined {
  const installed = join(root, 'node_modules', '@electric-sql', 'pglite')
  mkdirSync(join(installed, 'dist'), { recursive: true })
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ version }))
  return DatabaseImage.of(join(installed, 'dist', 'index.cjs'))
}

test('what one process has kept, the next one reads', async () => {
  expect(imageOf('0.5.1')?.read()).toBeUndefined()
  await imageOf('0.5.1')?.keep(tar)
  expect(await imageOf('0.5.1')?.read()?.text()).toBe(await tar.text())
})

test('another version of PGlite gets none of it, and takes its place', async () => {
  await imageOf('0.5.1')?.keep(tar)
  expect(imageOf('0.5.2')?.read()).toBeUndefined()
  await imageOf('0.5.2')?.keep(tar)
  expect(readdirSync(cache)).toEqual(['pglite-0.5.2.tar.gz'])
})

test('a damaged one counts as none, and so does one from which no database could be made', async () => {
  const image = imageOf('0.5.1')
  await image?.keep(tar)
  writeFileSync(join(cache, 'pglite-0.5.1.tar.gz'), 'half')
  expect(image?.read()).toBeUndefined()
  await image?.keep(tar)
  image?.discard()
  expect(image?.read()).toBeUndefined()
})

test('where nothing can be written none is kept, and nobody is told off', async () => {
  const image = imageOf('0.5.1')
  // A file in its place refuses even an administrator, whom modes do not stop.
  writeFileSync(join(root, 'node_modules', '.cache'), '')
  chmodSync(join(root, 'node_modules', '.cache'), 0o400)
  await image?.keep(tar)
  expect(image?.read()).toBeUndefined()
})

test('a PGlite that lies in no node_modules has none', () => {
  expect(DatabaseImage.of(join(root, 'pglite', 'dist', 'index.cjs'))).toBeUndefined()
})
