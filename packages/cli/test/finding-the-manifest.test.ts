import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inFolder, PROGRAM, runProcess, watertight } from './run-process.js'
import { BAD_MANIFEST, GOOD_MANIFEST } from './manifests.js'
import { watertightHere } from './watertight-here.js'

interface Checked {
  readonly ok: boolean
  readonly findings: readonly { readonly file: string; readonly code: string }[]
}

async function check(cwd: string, words: readonly string[] = [], input = ''): Promise<Checked> {
  const { out } = await watertightHere(['check', '--json', ...words], { cwd, input })
  return JSON.parse(out) as Checked
}

/** The same in a process of its own, which modules are loaded into. */
async function checkApart(cwd: string, words: readonly string[] = []): Promise<Checked> {
  const { out } = await watertight(['check', '--json', ...words], { cwd })
  return JSON.parse(out) as Checked
}

const DEFINITION = (body: string): string =>
  `import { defineSystem } from '${import.meta.resolve('../../manifest/dist/index.js')}'\n${body}`

describe('the manifest that a command is about', () => {
  it('is the nearest one above, and its path is reported as one would write it', async () => {
    await inFolder({ 'watertight.yaml': BAD_MANIFEST, 'services/order/x': '' }, async (folder) => {
      const { findings } = await check(`${folder}/services/order`)
      expect(new Set(findings.map(({ file }) => file))).toEqual(new Set(['../../watertight.yaml']))
    })
  })

  it('is read as its profiles have it changed, by all who read it; a misspelt one is told with the nearest', async () => {
    const files = {
      'watertight.yaml': GOOD_MANIFEST,
      'watertight.kafka.yaml': 'broker: kafka\n',
      'watertight.more.yaml': 'services: { loyalty: { objective: { availability: 99% } } }\n',
      'watertight.ours.yaml': 'broker: postgres\n',
    }
    await inFolder(files, async (cwd) => {
      const codesWith = async (...words: string[]) =>
        (await check(cwd, words)).findings.map(({ code }) => code)
      expect(await codesWith('--profile', 'kafka')).toContain('WT-DATA-BROKER-NO-ADDRESS')
      expect(await codesWith('--profile', 'kafka,ours')).not.toContain('WT-DATA-BROKER-NO-ADDRESS')
      expect(await codesWith('--profile', 'ours', '--profile', 'kafka')).toContain(
        'WT-DATA-BROKER-NO-ADDRESS',
      )
      const misspelt = await watertightHere(['graph', '--profile', 'kakfa'], { cwd })
      expect(misspelt.err).toContain('there is no')
      expect(misspelt.err).toContain('did you mean kafka?')
      expect((await watertightHere(['graph', '--profile', 'ours,more'], { cwd })).out).toContain('loyalty')
      await watertightHere(['compile', '--target', 'prometheus', '--out', 'm', '--profile', 'more'], { cwd })
      expect(readFileSync(`${cwd}/m/rules.yaml`, 'utf8')).toContain('loyalty')
      const sarif = await watertightHere(['check', '--format', 'sarif', '--profile', 'kafka'], { cwd })
      expect(sarif.out).toContain('watertight.kafka.yaml')
    })
  })

  it('is explained under a profile with the line of the file that says each value', async () => {
    const files = {
      'watertight.yaml': GOOD_MANIFEST,
      // More lines than it takes away, so that nothing below stands in the line of the merged text.
      'watertight.slow.yaml': 'description: slow\npolicies:\n  standard:\n    timeout:\n      total: 9s\n',
    }
    await inFolder(files, async (cwd) => {
      const explained = async (...words: string[]) => {
        const { out } = await watertightHere(['explain', 'order', 'payment', ...words], { cwd })
        return out
      }
      const lineOf = (name: string, text: string) =>
        new RegExp(`^ +${name} .*?([^ ]*:\\d+)$`, 'm').exec(text)?.[1]
      const plain = await explained()
      const slow = await explained('--profile', 'slow')
      expect(slow).toContain('values from watertight.yaml, by line')
      expect(lineOf('timeout.total', slow)).toBe('watertight.slow.yaml:5')
      expect(lineOf('retry.attempts', slow)).toBe(lineOf('retry.attempts', plain))
      expect(lineOf('retry.attempts', plain)).toMatch(/^:\d+$/)
    })
  })

  it('is the one of a folder, a file, or standard input', async () => {
    await inFolder({ 'shop/watertight.yaml': BAD_MANIFEST, 'other.yaml': GOOD_MANIFEST }, async (cwd) => {
      expect((await check(cwd, ['shop'])).findings[0]?.file).toBe('shop/watertight.yaml')
      expect((await check(cwd, ['other.yaml'])).ok).toBe(true)
      expect((await check(cwd, ['-'], BAD_MANIFEST)).findings[0]?.file).toBe('stdin')
    })
  })

  it('may be a pipe that a shell makes', async () => {
    await inFolder({ 'watertight.yaml': `${BAD_MANIFEST}# ${'long '.repeat(40_000)}\n` }, async (cwd) => {
      const script = `'${process.execPath}' '${PROGRAM}' check --json <(cat watertight.yaml)`
      const { out } = await runProcess('bash', ['-c', script], { cwd })
      expect((JSON.parse(out) as Checked).findings).toHaveLength(3)
    })
  })

  it('may be a module that exports a system, even one that keeps the process open', async () => {
    const body = `setInterval(() => undefined, 60_000)
export const shop = defineSystem({ watertight: 'v1', system: 'shop', services: { order: { run: 'node x.js' } } })\n`
    await inFolder({ 'watertight.mjs': DEFINITION(body) }, async (cwd) => {
      expect((await checkApart(cwd)).findings).toMatchObject([
        { code: 'WT-OPERATIONS-NO-PROBES', file: 'watertight.mjs' },
      ])
    })
  })

  it('may be a module whose system has errors: they are findings', async () => {
    const body =
      "export default defineSystem({ watertight: 'v1', system: 'shop', services: { a: { port: 0 } } })\n"
    await inFolder({ 'system.mjs': DEFINITION(body) }, async (cwd) => {
      expect((await checkApart(cwd, ['system.mjs'])).findings).toMatchObject([{ code: 'WT-DOC-VALUE' }])
    })
  })

  it.each([
    ['exports no system', 'export default 1\n', 'it exports no system'],
    ['fails', "throw new Error('no luck')\n", 'no luck'],
  ])('is refused when the module %s', async (_name, text, reason) => {
    await inFolder({ 'system.mjs': text }, async (cwd) => {
      const { code, err } = await watertight(['check', 'system.mjs'], { cwd })
      expect(code).toBe(3)
      expect(err).toContain(`cannot read system.mjs: ${reason}`)
      expect(err).not.toMatch(/\n\s+at /)
    })
  })

  it('may be TypeScript where Node runs it, and is refused with the way out elsewhere', async () => {
    const body =
      "export default defineSystem({ watertight: 'v1', system: 'shop', services: { order: {} } })\n"
    await inFolder(
      { 'watertight.ts': DEFINITION(body), 'package.json': '{"type":"module"}' },
      async (cwd) => {
        const { code, err } = await watertight(['check'], { cwd })
        const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
        if (major > 22 || (major === 22 && minor >= 18)) expect(code).toBe(0)
        else expect(err).toContain('does not run TypeScript\n  compile it and name the .js file')
      },
    )
  })
})
