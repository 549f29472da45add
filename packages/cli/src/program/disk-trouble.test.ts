import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { diskFailure } from './disk-trouble.js'

const system = (code: string, syscall: string, path?: string) =>
  Object.assign(new Error(`${code}: ${syscall}`), { code, syscall, ...(path === undefined ? {} : { path }) })

test('a disk that is full is no bug of the program', () => {
  expect(diskFailure(system('ENOSPC', 'write'))).toBe('cannot write a file: no space is left on its disk')
  expect(diskFailure(system('ENOSPC', 'open', '/shop/.watertight/watertight.yaml'))).toBe(
    'cannot use /shop/.watertight/watertight.yaml: no space is left on its disk',
  )
})

test('a file where a folder should be, as the system itself tells it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'file')
  writeFileSync(file, '')
  let failure: unknown
  try {
    chmodSync(join(file, 'within'), 0o600)
  } catch (error) {
    failure = error
  }
  expect(diskFailure(failure)).toBe(`cannot use ${join(file, 'within')}: a file is in the way of a folder`)
})

test.each([
  ['a file that is not there may be the mistake of the program', system('ENOENT', 'open', '/x')],
  ['a process that must not be ended has nothing to do with a disk', system('EPERM', 'kill')],
  ['a port neither', system('EACCES', 'listen')],
  ['an error of its own', new Error('no')],
  ['what is no error', 'ENOSPC'],
])('%s', (_name, error) => {
  expect(diskFailure(error)).toBeUndefined()
})
