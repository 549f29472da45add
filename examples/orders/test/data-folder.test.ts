import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataFolderError, prepareDataFolder } from '../src/data-folder/data-folder.js'
import { diskTrouble } from '../src/data-folder/disk-trouble.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-'))
})
afterEach(async () => {
  await chmod(folder, 0o700)
  await rm(folder, { recursive: true })
})

test('a missing folder is created, and nothing is left in it', async () => {
  const path = join(folder, 'a', 'b')
  await prepareDataFolder(path)
  await prepareDataFolder(path)
  expect(await readdir(path)).toEqual([])
})

test('a file is no folder, nor is what lies below one', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(prepareDataFolder(file)).rejects.toThrow(`cannot use data folder ${file}: it is a file`)
  await expect(prepareDataFolder(join(file, 'below'))).rejects.toThrow('a part of that path is a file')
  await expect(prepareDataFolder(file)).rejects.toThrow(DataFolderError)
})

test('where the system creates nothing, it is said at once', async () => {
  await expect(prepareDataFolder('/proc/shop/data')).rejects.toThrow(
    'cannot use data folder /proc/shop/data: nothing can be created there',
  )
})

test.each([
  ['ENOSPC', 'no space is left on its disk'],
  ['EROFS', 'it is read-only'],
  ['EACCES', 'there is no permission to write there'],
])('%s means that %s', (code, meaning) => {
  expect(diskTrouble(Object.assign(new Error('from the system'), { code }))).toBe(meaning)
})

test('other errors are not the disk, whatever they are', () => {
  for (const error of [new Error('x'), Object.assign(new Error('x'), { code: 'ECONNRESET' }), null, 'x']) {
    expect(diskTrouble(error)).toBeUndefined()
  }
})
