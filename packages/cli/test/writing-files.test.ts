import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFolder, watertight } from './run-process.js'
import { GOOD_MANIFEST } from './manifests.js'
import { watertightHere } from './watertight-here.js'

describe('types', () => {
  it('writes declarations beside the manifest, and tells when they are out of date', async () => {
    await inFolder({ 'watertight.yaml': GOOD_MANIFEST, 'src/x': '' }, async (folder) => {
      const cwd = join(folder, 'src')
      const types = (...words: string[]) => watertightHere(['types', ...words], { cwd })
      expect(await types('--check')).toMatchObject({
        code: 1,
        out: 'out of date ../watertight.d.ts: run watertight types\n',
      })
      expect(await types()).toMatchObject({ code: 0, out: 'wrote ../watertight.d.ts\n' })
      expect(await types('--check')).toMatchObject({ code: 0, out: 'up to date: ../watertight.d.ts\n' })
      expect(readFileSync(join(folder, 'watertight.d.ts'), 'utf8')).toContain('payment: ')
    })
  })
})

describe('import', () => {
  const settings = `resilience4j.retry:
  instances:
    payment: { maxAttempts: 3, waitDuration: 100ms, retryExceptions: [shop.OutOfStock] }
`

  it('prints a manifest that check can read, and names what has no equivalent apart from it', async () => {
    await inFolder({ 'application.yml': settings }, async (cwd) => {
      const { code, out, err } = await watertight(['import', 'resilience4j', 'application.yml'], { cwd })
      expect(code).toBe(0)
      expect(err).toContain('application.yml:3')
      const checked = await watertight(['check', '-', '--json'], { cwd, input: out })
      expect(JSON.parse(checked.out)).toMatchObject({ score: { of: 15 } })
    })
  })

  it('writes a file where none is', async () => {
    await inFolder({ 'application.yml': settings, 'old.yaml': 'mine' }, async (cwd) => {
      const run = (output: string) =>
        watertightHere(['import', 'resilience4j', 'application.yml', '--output', output], { cwd })
      expect(await run('new.yaml')).toMatchObject({ code: 0, out: '' })
      expect(readFileSync(join(cwd, 'new.yaml'), 'utf8')).toContain('watertight: v1')
      expect(await run('old.yaml')).toMatchObject({ code: 2 })
      expect(readFileSync(join(cwd, 'old.yaml'), 'utf8')).toBe('mine')
    })
  })

  it('reads a folder with the folders below: what holds nothing of the format, and templates, are left out', async () => {
    const rule = (name: string) =>
      `kind: DestinationRule\nmetadata: { name: ${name} }\nspec: { host: ${name} }\n`
    const files = {
      'mesh/a.yaml': rule('a'),
      'mesh/below/b.yml': rule('b'),
      'mesh/other.yaml': 'kind: ConfigMap\nmetadata: { name: c }\n',
      'mesh/templates/t.yaml': 'kind: VirtualService\nmetadata: { name: {{ .x }} }\n',
    }
    await inFolder(files, async (cwd) => {
      const { code, out, err } = await watertightHere(['import', 'istio', 'mesh'], { cwd })
      expect(code).toBe(0)
      expect(out).toContain('  a: # a.yaml:')
      expect(out).toContain('  b: # b.yml:')
      expect(err).toContain('1 file of the folders left out: nothing of istio in it')
      expect(err).toMatch(/templates\/t\.yaml is not read: it looks like a template/)
    })
  })

  it('refuses a template that is named, with the hint', async () => {
    await inFolder({ 't.yaml': 'kind: VirtualService\nmetadata: { name: {{ .x }} }\n' }, async (cwd) => {
      const { code, err } = await watertightHere(['import', 'istio', 't.yaml'], { cwd })
      expect(code).toBe(3)
      expect(err).toContain('cannot import t.yaml:2: ')
      expect(err).toContain('\n  it looks like a template: render it first')
    })
  })

  it('refuses what it cannot read, with the line', async () => {
    await inFolder({ 'x.yaml': 'a: {\n' }, async (cwd) => {
      const { code, err } = await watertightHere(['import', 'dapr', 'x.yaml'], { cwd })
      expect(code).toBe(3)
      expect(err).toMatch(/^error cannot import x\.yaml:\d+: [^\n]+\n$/)
    })
  })
})
