import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkManifest } from '@watertight/manifest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadManifest, MANIFEST_FILE, ManifestError } from '../src/manifest/manifest.js'
import { documentName, instanceNames } from '../src/services/names.js'
import { Shop } from './shop.js'

let folder: string
let file: string
let text: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-'))
  file = join(folder, 'watertight.yaml')
  text = await readFile(MANIFEST_FILE, 'utf8')
  await writeFile(file, text)
})
afterAll(() => rm(folder, { recursive: true }))

test('the check has nothing to say, and each silence has a reason', () => {
  const report = checkManifest(text, { file: 'watertight.yaml' })
  expect(report.ok).toBe(true)
  expect(report.findings).toEqual([])
  expect([...new Set(report.silenced.map(({ code }) => code))].sort()).toEqual([
    'WT-AVAILABILITY-ONE-REPLICA',
    'WT-PRACTICE-EXPERIMENT-ONCE',
    'WT-RETRY-AMPLIFICATION',
    'WT-RETRY-NEVER-RUNS',
  ])
})

test('it describes the services that there are', () => {
  expect([...loadManifest().model.services.keys()]).toEqual([...new Set(instanceNames.map(documentName))])
})

test('a mistake is shown where it is, before anything starts', async () => {
  const wrong = join(folder, 'wrong.yaml')
  await writeFile(wrong, text.replace('policy: money', 'policy: mony'))
  expect(() => loadManifest(wrong)).toThrow(ManifestError)
  expect(() => loadManifest(wrong)).toThrow(/wrong\.yaml:\d+:\d+[^]*did you mean money/)
  await expect(Shop.open(undefined, wrong)).rejects.toThrow(ManifestError)
})
