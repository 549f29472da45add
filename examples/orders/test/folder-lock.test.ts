import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderInUseError, FolderLock } from '../src/data-folder/folder-lock.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a folder is held by one at a time', async () => {
  const lock = await FolderLock.take(folder)
  await expect(FolderLock.take(folder)).rejects.toThrow(FolderInUseError)
  await lock.release()
  await (await FolderLock.take(folder)).release()
})

test('whoever may wait gets it when it is let go', async () => {
  const first = await FolderLock.take(folder)
  const second = FolderLock.take(folder, 10_000)
  await first.release()
  await expect(second).resolves.toBeInstanceOf(FolderLock)
  await (await second).release()
})

test.each(['', 'rubbish', '1 no-one-listens-there'])('a leftover (%j) holds nothing', async (content) => {
  await writeFile(join(folder, 'lock'), content)
  const lock = await FolderLock.take(folder)
  expect(lock).toBeInstanceOf(FolderLock)
  await lock.release()
})

test('nor does a leftover whose port another program has by now', async () => {
  const other = createServer((socket) => socket.end('hello'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  await writeFile(join(folder, 'lock'), `${(other.address() as AddressInfo).port} secret`)
  const lock = await FolderLock.take(folder)
  expect(lock).toBeInstanceOf(FolderLock)
  await lock.release()
  other.close()
})

test('a holder too busy to answer holds all the same', async () => {
  const busy = createServer(() => {})
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
  await writeFile(join(folder, 'lock'), `${(busy.address() as AddressInfo).port} secret`)
  await expect(FolderLock.take(folder)).rejects.toThrow(FolderInUseError)
  busy.close()
})
