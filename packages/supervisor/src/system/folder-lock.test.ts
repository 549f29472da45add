import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AlreadyRunningError } from './already-running-error.js'
import { FolderLock } from './folder-lock.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const leave = (holder: object) =>
  writeFile(join(folder, 'lock'), JSON.stringify({ pid: 1, guard: null, secret: 'secret', ...holder }))

test('a folder is held by one at a time, even when two runs start in the same moment', async () => {
  const both = await Promise.allSettled([
    FolderLock.take(folder, undefined),
    FolderLock.take(folder, undefined),
  ])
  const held = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(held).toHaveLength(1)
  await expect(FolderLock.take(folder, undefined)).rejects.toThrow(AlreadyRunningError)
  await held[0]?.release()
  await (await FolderLock.take(folder, undefined)).release()
})

test.each(['', 'rubbish', '{"pid":1,"guard":null,"port":1,"secret":"no one listens there"}'])(
  'a leftover (%j) holds nothing',
  async (content) => {
    await writeFile(join(folder, 'lock'), content)
    const lock = await FolderLock.take(folder, undefined)
    expect(lock).toBeInstanceOf(FolderLock)
    await lock.release()
  },
)

test('nor does a leftover whose port another program has by now', async () => {
  const other = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  await leave({ port: (other.address() as AddressInfo).port })
  const lock = await FolderLock.take(folder, undefined)
  expect(lock).toBeInstanceOf(FolderLock)
  await lock.release()
  other.close()
})

test('a holder too busy to answer holds all the same', async () => {
  const busy = createServer(() => {}).listen(0, '127.0.0.1')
  await once(busy, 'listening')
  await leave({ port: (busy.address() as AddressInfo).port })
  await expect(FolderLock.take(folder, undefined)).rejects.toThrow(AlreadyRunningError)
  busy.close()
})

test('after a run that was killed, the next one waits until its processes have ended', async () => {
  const guard = spawn(process.execPath, ['--eval', 'process.stdin.resume().on("end", () => process.exit())'])
  await once(guard, 'spawn')
  await leave({ port: 1, guard: guard.pid })
  let isTaken = false
  const taking = FolderLock.take(folder, undefined).then((lock) => {
    isTaken = true
    return lock
  })
  guard.stdin.end()
  expect(isTaken).toBe(false)
  await once(guard, 'exit')
  await (await taking).release()
})

test.each(['', '{"pid":1,"guard":null,"port":1,"secret":"no one listens here"}'])(
  'of two that start at nearly the same moment over a leftover (%j), one gets the folder, however close they are',
  async (leftover) => {
    for (let ticks = 0; ticks < 60; ticks += 1) {
      await writeFile(join(folder, 'lock'), leftover)
      const first = FolderLock.take(folder, undefined)
      for (let tick = 0; tick < ticks; tick += 1) await new Promise(setImmediate)
      const both = await Promise.allSettled([first, FolderLock.take(folder, undefined)])
      const held = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      for (const lock of held) await lock.release()
      expect(held, `${ticks} turns of the event loop apart`).toHaveLength(1)
    }
  },
)
