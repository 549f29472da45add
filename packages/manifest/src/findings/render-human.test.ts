import { describe, expect, it } from 'vitest'
import { checkManifest } from './check-manifest.js'
import { renderHuman } from './render-human.js'

const HEAD = 'watertight: v1\nsystem: shop\nservices:\n'
const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

/** The rows of the first excerpt: the marked line, and the carets below it. */
function marked(text: string): string {
  const rows = text.split('\n')
  const at = rows.findIndex((row) => /\| +\^+$/.test(row))
  const carets = rows[at] ?? ''
  return (rows[at - 1] ?? '').slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)
}

describe('findings for people', () => {
  it.each([60, 80, 100])('keep within %i columns, whatever the document holds', (width) => {
    const text = `${HEAD}  order: { ${'port: 1, '.repeat(40)}prt: ${'x'.repeat(300)} }\n`
    expect(longest(renderHuman(checkManifest(text), { width, score: true }))).toBeLessThanOrEqual(width)
  })

  it('mark the very text that is wrong, also far to the right of a long line', () => {
    const near = renderHuman(checkManifest(`${HEAD}  order: { prt: 1 }\n`))
    expect(marked(near)).toBe('prt')
    const far = `${HEAD}  order: { description: ${'words '.repeat(60)}, prt: 1 }\n`
    expect(marked(renderHuman(checkManifest(far), { width: 60 }))).toBe('prt')
  })

  it('say by dots that a line goes on, but never in place of what is marked', () => {
    const long = `${HEAD}  # ${'word '.repeat(40)}\n  order: { prt: 1, description: ${'x'.repeat(80)} }\n`
    const lines = renderHuman(checkManifest(long), { width: 60 }).split('\n')
    expect(lines.filter((line) => line.endsWith('...'))).toHaveLength(2)
    const wide = `${HEAD}  order: { ${'p'.repeat(80)}: 1 }\n`
    expect(marked(renderHuman(checkManifest(wide), { width: 60 }))).toMatch(/^p+$/)
  })

  it('show the line before, unless it is empty', () => {
    expect(renderHuman(checkManifest(`${HEAD}  order: { prt: 1 }\n`))).toContain('  3 | services:\n  4 |')
    expect(renderHuman(checkManifest(`${HEAD}\n  order: { prt: 1 }\n`))).not.toContain('  4 |')
  })

  it('tell the places that one rule silences together', () => {
    const rule = 'findings: { WT-OPERATIONS-NO-PROBES: { severity: off, reason: batch jobs } }\n'
    const text = `${HEAD}  a: { run: node a.js }\n  b: { run: node b.js }\n${rule}`
    const lines = renderHuman(checkManifest(text)).split('\n')
    expect(lines).toContain('silenced WT-OPERATIONS-NO-PROBES at watertight.yaml:4, 5: batch jobs')
  })

  it('count what is not shown', () => {
    const text = `${HEAD}  order: { a1: 1, a2: 1, a3: 1 }\n`
    expect(renderHuman(checkManifest(text), { findingsMax: 1 })).toContain('\nand 2 more findings\n')
  })

  it('end with the score card and one line, when asked for the card', () => {
    const report = checkManifest(`${HEAD}  order: {}\n`)
    const lines = renderHuman(report, { score: true }).split('\n')
    expect(lines.filter((line) => /^ {2}[+~-] /.test(line))).toHaveLength(15)
    expect(lines.at(-2)).toBe(`watertight.yaml: no errors; practices ${report.score?.met} of 15`)
  })
})

describe('what is wrong with the YAML itself', () => {
  it.each([
    ['a tab', '  order:\n\tport: 1\n', 'indent with spaces; YAML knows no tabs there'],
    ['an open quote', '  order: { run: "node }\n', 'close the quote or the bracket'],
    ['two keys on a line', '  order: port: 1\n', 'write one key a line'],
  ])('is said once a line, with the way out: %s', (_name, services, hint) => {
    const syntax = checkManifest(`${HEAD}${services}`).findings.filter(({ code }) => code === 'WT-DOC-SYNTAX')
    expect(syntax.some((finding) => finding.hint.includes(hint))).toBe(true)
    const lines = syntax.map(({ line }) => line)
    expect(new Set(lines).size).toBe(lines.length)
  })
})
