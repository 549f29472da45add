import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FolderLock } from './folder-lock.js'

let root = ''
let folder = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'folder-lock-'))
  folder = join(root, 'data')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('is for one store at a time, and free again afterwards', () => {
  const first = FolderLock.take(folder)
  expect(() => FolderLock.take(folder)).toThrow(`${folder} is in use by this process`)
  first.release()
  FolderLock.take(folder).release()
  expect(existsSync(`${folder}.lock`)).toBe(false)
})

it('is held by another process as long as that lives, and taken over when it has been killed', async () => {
  const module = JSON.stringify(new URL('../../../dist/store/pglite/folder-lock.js', import.meta.url).href)
  const program = `const { FolderLock } = await import(${module})
    FolderLock.take(${JSON.stringify(folder)}); console.log('taken'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    expect(() => FolderLock.take(folder)).toThrow(`is in use by process ${child.pid};`)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  FolderLock.take(folder).release()
})

const others: readonly (readonly [string, number])[] = [
  ['a process of the same id in another life of the container', process.pid],
  // When a process began is told by Linux alone.
  ...(process.platform === 'linux' ? [['an id that is another process by now', process.ppid] as const] : []),
]

it.each(others)('is no longer held by %s', (_who, pid) => {
  writeFileSync(`${folder}.lock`, JSON.stringify({ pid, startedAt: '1' }))
  const lock = FolderLock.take(folder)
  expect(() => FolderLock.take(folder)).toThrow('is in use by this process')
  lock.release()
})

it('takes a lock that was cut while it was written for one of a process that has died', () => {
  writeFileSync(`${folder}.lock`, '{"pid":')
  const lock = FolderLock.take(folder)
  expect(JSON.parse(readFileSync(`${folder}.lock`, 'utf8'))).toMatchObject({ pid: process.pid })
  lock.release()
})
