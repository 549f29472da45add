import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ManifestWatch, watchManifest } from './watch-manifest.js'

let folder = ''
let file = ''
let watch: ManifestWatch | undefined
let seen: string[] = []

function manifest(system: string): string {
  return `watertight: v1\nsystem: ${system}\nservices: { order: {} }\n`
}

function follow(): void {
  watch = watchManifest(file, {
    text: manifest('first'),
    debounceMs: 10,
    deadlineMs: 10_000,
    pollMs: 200,
    onChange: (model) => seen.push(model.name),
    onRefused: ({ message }) => seen.push(message),
  })
}

async function expectSeen(...expected: unknown[]): Promise<void> {
  await vi.waitFor(() => expect(seen).toEqual(expected), { timeout: 20_000, interval: 10 })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watertight-'))
  file = join(folder, 'watertight.yaml')
  seen = []
  writeFileSync(file, manifest('first'))
})

afterEach(() => {
  watch?.close()
  rmSync(folder, { recursive: true, force: true })
})

it('follows writing, renaming over, removing and making anew', { timeout: 60_000 }, async () => {
  follow()
  writeFileSync(file, manifest('second'))
  await expectSeen('second')
  writeFileSync(`${file}.tmp`, manifest('third'))
  renameSync(`${file}.tmp`, file)
  await expectSeen('second', 'third')
  unlinkSync(file)
  writeFileSync(file, manifest('fourth'))
  await expectSeen('second', 'third', 'fourth')
  writeFileSync(file, 'watertight: v1\n')
  await expectSeen('second', 'third', 'fourth', expect.stringContaining('this key is required'))
})

it('follows the links of a mounted volume', { timeout: 60_000 }, async () => {
  rmSync(file)
  for (const version of ['1', '2'])
    writeFileSync(join(folder, `..version-${version}`), manifest(`mounted-${version}`))
  symlinkSync('..version-1', join(folder, '..data'))
  symlinkSync('..data', file)
  follow()
  await expectSeen('mounted-1')
  symlinkSync('..version-2', join(folder, '..next'))
  renameSync(join(folder, '..next'), join(folder, '..data'))
  await expectSeen('mounted-1', 'mounted-2')
})

it('refuses a file that is too large, and a folder', { timeout: 60_000 }, async () => {
  follow()
  writeFileSync(file, '#'.repeat(3 * 1_048_576))
  await expectSeen(`cannot read ${file}: at most 2 MiB are allowed`)
  rmSync(file)
  watch?.close()
  seen = []
  file = folder
  follow()
  await expectSeen(`cannot read ${folder}: it is not a file`)
})
