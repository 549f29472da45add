import { describe, expect, it } from 'vitest'
import { inFolder, watertight } from './run-process.js'
import { BAD_MANIFEST, GOOD_MANIFEST } from './manifests.js'
import { watertightHere } from './watertight-here.js'

const WARNED = 'watertight: v1\nsystem: shop\nservices:\n  order: { run: node order.js }\n'

describe('the exit code of check', () => {
  it.each([
    ['0 for a clean manifest', GOOD_MANIFEST, [], 0],
    ['0 with warnings', WARNED, [], 0],
    ['1 with warnings when strict', WARNED, ['--strict'], 1],
    ['1 with errors', BAD_MANIFEST, [], 1],
    ['1 for YAML that is broken off', 'watertight: v1\nservices: {\n', [], 1],
    ['3 for another document', 'kind: Deployment\n', [], 3],
  ])('is %s', async (_name, text, words, code) => {
    await inFolder({ 'watertight.yaml': text }, async (cwd) => {
      const ended = await watertightHere(['check', ...words], { cwd })
      expect({ code: ended.code, err: ended.err }).toEqual({ code, err: '' })
    })
  })

  it('is 3 without a manifest, with the way out', async () => {
    await inFolder({}, async (cwd) => {
      expect(await watertightHere(['check'], { cwd })).toEqual({
        code: 3,
        out: '',
        err: 'error cannot find a manifest: no watertight.yaml in this folder or any above it\n  watertight init writes one; or name a file\n',
      })
    })
  })

  it('is 3 for a file that is not there, a folder without one, and text of another encoding', async () => {
    const latin = Buffer.from('system: caf\u00e9', 'latin1')
    await inFolder({ 'watertight.yaml': GOOD_MANIFEST, 'empty/x': '', 'latin.yaml': latin }, async (cwd) => {
      const missing = await watertightHere(['check', 'watertight.yml'], { cwd })
      expect(missing.code).toBe(3)
      expect(missing.err).toContain('there is no such file\n  did you mean watertight.yaml?')
      expect((await watertightHere(['check', 'empty'], { cwd })).code).toBe(3)
      expect((await watertight(['console', '--manifest', 'watertight.yml'], { cwd })).code).toBe(3)
      expect((await watertightHere(['check', 'latin.yaml'], { cwd })).err).toContain('it must be UTF-8 text')
    })
  })
})

describe('the exit code of a wrong command', () => {
  it.each([
    [['chek'], 'did you mean check?'],
    [['help', 'chek'], 'there are init, check, explain'],
    [['check', '--formt', 'json'], 'did you mean --format?'],
    [
      ['check', '--format', 'xml'],
      'cannot run check: --format must be human, json, sarif or github, got xml',
    ],
    [['explain'], 'cannot run explain: <words> is missing: a caller and a callee, or the code of a finding'],
    [['import', 'foo', 'a.yaml'], 'cannot run import: <format> must be '],
    [['import', 'foo', 'a.yaml'], ', got foo\n  usage: watertight import [options] <format>'],
    [['import'], 'cannot run import: <format> is missing: what the file'],
    [['graph', '--format', 'png'], 'cannot run graph: --format must be mermaid, dot or json, got png'],
    [['graph', '--format'], 'cannot run graph: --format <format> must be followed by a value'],
    [['scale', 'order', 'two'], 'cannot scale order: replicas must be an integer from 1 to 100, got two'],
    [['explain', 'order'], 'order calls payment, stock: watertight explain order payment'],
    [['explain', 'payment'], 'payment calls nobody'],
    [['explain', 'ordr'], 'did you mean order?'],
    [['explain', 'order', 'paymen'], 'did you mean payment?'],
    [['explain', 'order', '-'], 'the shell took the > for itself'],
    [['explain', 'WT-RETRY-NO'], 'there are WT-RETRY-NO-JITTER, WT-RETRY-NO-BUDGET'],
    [['explain', 'WT-RETRY-UNSAF'], 'did you mean WT-RETRY-UNSAFE?'],
    [['compile'], 'cannot run compile: --target envoy|prometheus|grafana is missing'],
    [['completion', 'powershell'], '<shell> must be bash, zsh or fish, got powershell\n'],
    [['check', 'a', 'b'], 'cannot run check: it takes at most 1 argument'],
    [['completion', 'bush'], 'did you mean bash?'],
    [['schema', '--for', 'chek'], 'did you mean check?'],
    [['doctor', '--require', 'promtol'], 'did you mean promtool?'],
  ])('is 2 for %j, with a hint', async (words, hint) => {
    await inFolder({ 'watertight.yaml': GOOD_MANIFEST }, async (cwd) => {
      const { code, out, err } = await watertightHere(words, { cwd })
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toContain(hint)
      expect(err).not.toMatch(/\n\s+at /)
    })
  })

  it('is that of the process', async () => {
    const { code, out, err } = await watertight(['chek'], { cwd: '.' })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toBe(
      'error there is no command chek\n  did you mean check?\n  watertight --help lists what there is\n',
    )
  })

  it('comes with JSON for programs that asked for it', async () => {
    await inFolder({}, async (cwd) => {
      const { code, out } = await watertightHere(['check', '--json'], { cwd })
      expect(code).toBe(3)
      expect(JSON.parse(out)).toMatchObject({
        schemaVersion: 1,
        ok: false,
        error: { code: 'WT_NO_MANIFEST' },
      })
    })
  })
})

describe('the exit code of help', () => {
  it.each([[[]], [['--help']], [['--version']]])('is 0 for %j', async (words) => {
    const { code, err } = await watertightHere(words, { cwd: '.' })
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })
})
