import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderCreation } from './folder-creation.js'

let root: string
let folder: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'creation-'))
  folder = join(root, 'postgres')
})
afterEach(() => rmSync(root, { recursive: true }))

test('a database whose making was cut off is made anew, and a whole one is kept', () => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'PG_VERSION'), 'half')
  writeFileSync(`${folder}.unfinished`, '')
  const creation = FolderCreation.begin(folder)
  expect(existsSync(folder)).toBe(false)
  expect(existsSync(`${folder}.unfinished`)).toBe(true)
  mkdirSync(folder)
  writeFileSync(join(folder, 'PG_VERSION'), '18')
  creation?.finish()
  expect(FolderCreation.begin(folder)).toBeUndefined()
  expect(existsSync(join(folder, 'PG_VERSION'))).toBe(true)
})
