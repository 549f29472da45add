import { describe, expect, it } from 'vitest'
import { inFolder, PROGRAM, runProcess, watertight } from './run-process.js'
import { BAD_MANIFEST, GOOD_MANIFEST } from './manifests.js'

const ESCAPE = '\u001b['

describe('the terminal', () => {
  it('gets no colours when it is none, and colours when they are forced, but never against NO_COLOR', async () => {
    await inFolder({ 'watertight.yaml': BAD_MANIFEST }, async (cwd) => {
      const coloured = async (env: Record<string, string>): Promise<boolean> =>
        (await watertight(['check'], { cwd, env })).out.includes(ESCAPE)
      expect(await coloured({})).toBe(false)
      expect(await coloured({ FORCE_COLOR: '1' })).toBe(true)
      expect(await coloured({ FORCE_COLOR: '0' })).toBe(false)
      expect(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
    })
  })

  it('is as wide as COLUMNS says: no line of the findings is longer', async () => {
    await inFolder({ 'watertight.yaml': BAD_MANIFEST }, async (cwd) => {
      const { out } = await watertight(['check'], { cwd, env: { COLUMNS: '60' } })
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
    })
  })

  it('may close early, as head does', async () => {
    await inFolder({ 'watertight.yaml': GOOD_MANIFEST }, async (cwd) => {
      const script = `set -o pipefail; '${process.execPath}' '${PROGRAM}' schema | head -n 1; echo "code $?"`
      const { out, err } = await runProcess('bash', ['-c', script], { cwd })
      expect({ out, err }).toEqual({ out: '{\ncode 0\n', err: '' })
    })
  })

  it('keeps its exit code when its reader goes away', async () => {
    const keys = Array.from({ length: 400 }, (_, index) => `  key${index}: ${'x'.repeat(400)}\n`).join('')
    await inFolder({ 'watertight.yaml': `watertight: v1\nsystem: a\nservices:\n${keys}` }, async (cwd) => {
      const script = `'${process.execPath}' '${PROGRAM}' check | head -n 1 > head.txt; echo "codes \${PIPESTATUS[*]}"`
      const { out, err } = await runProcess('bash', ['-c', script], { cwd })
      expect({ out, err }).toEqual({ out: 'codes 1 0\n', err: '' })
    })
  })

  it('is told that --strict fails in the colour of a failure', async () => {
    const warned = 'watertight: v1\nsystem: shop\nservices:\n  order: { run: node order.js }\n'
    await inFolder({ 'watertight.yaml': warned }, async (cwd) => {
      const last = async (...words: string[]): Promise<string | undefined> =>
        (await watertight(['check', ...words], { cwd, env: { FORCE_COLOR: '1' } })).out.split('\n').at(-2)
      expect((await last())?.startsWith(`${ESCAPE}32mwatertight.yaml: no errors, 1 warning`)).toBe(true)
      expect((await last('--strict'))?.startsWith(`${ESCAPE}31mwatertight.yaml: no errors`)).toBe(true)
    })
  })

  it('gets a drawing that the tools for it can read', async () => {
    await inFolder({ 'watertight.yaml': GOOD_MANIFEST }, async (cwd) => {
      expect((await watertight(['graph'], { cwd })).out).toContain('flowchart LR\n  n0["order"]')
      expect((await watertight(['graph', '--format', 'dot'], { cwd })).out).toContain('digraph "shop" {')
    })
  })
})
