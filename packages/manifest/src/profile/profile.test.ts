import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkReading } from '../findings/check-manifest.js'
import { renderHuman } from '../findings/render-human.js'
import { readManifest } from '../reading/read-manifest.js'
import { mergeProfile } from './merge-profile.js'
import { loadProfile, ProfileError } from './profile.js'

const TEXT = `watertight: v1
system: shop # ours
stores: { main: embedded, cache: embedded }
services:
  # keeps the orders
  order: { store: main, scale: { min: 1, max: 4 }, callers: [gateway] }
`

function beside(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return join(folder, 'watertight.yaml')
}

test('maps are merged, anything else is replaced, null takes away, and comments stay', () => {
  const merged = mergeProfile(
    TEXT,
    'stores: { main: postgres, cache: null, keys: redis }\nservices: { order: { scale: { max: 2 }, callers: [tax] } }\nbroker: kafka\n',
  )
  const { source } = readManifest(merged, 'watertight.yaml')
  expect(source.value).toEqual({
    watertight: 'v1',
    system: 'shop',
    stores: { main: 'postgres', keys: 'redis' },
    services: { order: { store: 'main', scale: { min: 1, max: 2 }, callers: ['tax'] } },
    broker: 'kafka',
  })
  expect(merged).toContain('# ours')
  expect(merged).toContain('# keeps the orders')
})

test('an empty profile changes nothing, and a document that cannot be read is left to whoever reads it', () => {
  expect(mergeProfile(TEXT, '# nothing yet\n')).toBe(TEXT)
  expect(mergeProfile('stores: [', 'broker: kafka')).toBe('stores: [')
})

test('a profile that is not there is told with those that are', () => {
  const document = beside({ 'watertight.engines.yaml': 'broker: kafka\n', 'watertight.yaml': TEXT })
  expect(loadProfile(document, 'engines').apply(TEXT)).toContain('broker: kafka')
  expect(() => loadProfile(document, 'engine')).toThrow(
    /cannot use profile engine: there is no .*watertight\.engine\.yaml; did you mean engines\?/,
  )
  // The document is no profile of itself.
  const alone = beside({ 'watertight.yaml': TEXT })
  expect(() => loadProfile(alone, 'engines')).toThrow(/write that file with what it changes/)
  expect(() => loadProfile(document, '../engines')).toThrow(ProfileError)
})

test('several are merged one after the other: what a later one says holds, and what it takes away is gone', () => {
  const document = beside({
    'watertight.engines.yaml': 'stores: { main: postgres, keys: redis }\nbroker: kafka\n',
    'watertight.light.yaml': 'stores: { keys: null }\nbroker: postgres\n',
  })
  const merged = (names: string) => readManifest(loadProfile(document, names).apply(TEXT), '').source.value
  expect(merged('engines, light')).toMatchObject({
    stores: { main: 'postgres', cache: 'embedded' },
    broker: 'postgres',
  })
  expect(merged('engines, light')).not.toHaveProperty('stores.keys')
  expect(merged('light,engines')).toMatchObject({ stores: { keys: 'redis' }, broker: 'kafka' })
  expect(loadProfile(document, 'engines,light').name).toBe('engines+light')
  expect(() => loadProfile(document, 'engines,ligth')).toThrow(
    /cannot use profile ligth: .*did you mean light\?/,
  )
  expect(() => loadProfile(document, 'engines,')).toThrow(/cannot use profile "": its name must be/)
})

test('what is wrong under a profile is told at its place in the file that says so', () => {
  const document = beside({
    'watertight.engines.yaml': `stores: { main: postgres, cache: null }
services:
  order: { scale: { max: -1 }, callers: null }
  gateway: { calls: { order: { polcy: x } } }
`,
  })
  const text = `${TEXT}  gateway:\n    port: x\n`
  const report = checkReading(loadProfile(document, 'engines').read(text, 'shop/watertight.yaml'))
  const found = report.findings
    .filter(({ severity }) => severity === 'error')
    .map(({ file, line, column, path }) => [file, line, column, path])
  expect(found).toEqual([
    ['shop/watertight.yaml', 8, 11, 'services.gateway.port'],
    ['shop/watertight.engines.yaml', 3, 26, 'services.order.scale.max'],
    ['shop/watertight.engines.yaml', 4, 32, 'services.gateway.calls.order.polcy'],
  ])
  expect(renderHuman(report)).toContain('4 |   gateway: { calls: { order: { polcy: x } } }')
})

test('a document that cannot be read is told at its own place, whatever the profile says', () => {
  const document = beside({ 'watertight.engines.yaml': 'broker: kafka\n' })
  const place = (text: string) => {
    const { findings } = checkReading(loadProfile(document, 'engines').read(text, 'watertight.yaml'))
    const first = findings.find(({ code }) => code === 'WT-DOC-SYNTAX') ?? findings[0]
    return [first?.code, first?.file, first?.line]
  }
  expect(place('watertight: v1\nservices: [\n')).toEqual(['WT-DOC-SYNTAX', 'watertight.yaml', 3])
  expect(place('- nothing\n')).toEqual(['WT-DOC-NOT-MANIFEST', 'watertight.yaml', 1])
})

test.each([
  ['a list', '- broker\n', /cannot read .*engines\.yaml: it must be a map, as the document is/],
  ['no YAML', 'broker: [\n', /cannot read .*engines\.yaml: .*line 2/],
])('%s is no profile', (_what, text, message) => {
  const document = beside({ 'watertight.engines.yaml': text })
  expect(() => loadProfile(document, 'engines').apply(TEXT)).toThrow(message)
})
