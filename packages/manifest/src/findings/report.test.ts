import { describe, expect, it } from 'vitest'
import { checkManifest } from './check-manifest.js'
import { renderGithub } from './render-github.js'
import { renderHuman } from './render-human.js'
import { renderJson } from './render-json.js'
import { renderSarif } from './render-sarif.js'
import { exitCode } from './report.js'

const HEAD = 'watertight: v1\nsystem: shop\n'
const PROBELESS = `${HEAD}services:\n  order: { run: node order.js }\n`
const rule = (text: string): string => `${PROBELESS}findings:\n  WT-OPERATIONS-NO-PROBES: ${text}\n`

describe('the exit code', () => {
  it('is 0 with warnings, 1 with errors, 1 with warnings when strict, 3 for another document', () => {
    const warned = checkManifest(PROBELESS)
    expect([exitCode(warned), exitCode(warned, { strict: true })]).toEqual([0, 1])
    expect(exitCode(checkManifest(`${HEAD}services: { a: { port: x } }`))).toBe(1)
    expect(exitCode(checkManifest('kind: Deployment\n'))).toBe(3)
  })
})

describe('rules in the document', () => {
  it('silence a finding and keep its reason', () => {
    const report = checkManifest(rule('{ severity: off, reason: a batch job }'))
    expect(report.findings).toEqual([])
    expect(report.silenced).toMatchObject([
      { code: 'WT-OPERATIONS-NO-PROBES', reason: 'a batch job', line: 4 },
    ])
    expect(renderHuman(report)).toContain(
      'silenced WT-OPERATIONS-NO-PROBES at watertight.yaml:4: a batch job',
    )
  })

  it('set a severity, which the exit code follows', () => {
    const report = checkManifest(rule('{ severity: error, reason: we mean it }'))
    expect(report.findings.map(({ severity }) => severity)).toEqual(['error'])
    expect(exitCode(report)).toBe(1)
  })

  it('hold below their place alone, the most specific first', () => {
    const there = rule('[{ severity: off, reason: x, at: services.order }, { severity: error, reason: y }]')
    expect(checkManifest(there).silenced).toHaveLength(1)
    const elsewhere = checkManifest(rule('{ severity: off, reason: x, at: services.ord }'))
    expect(elsewhere.findings.map(({ code }) => code)).toEqual([
      'WT-OPERATIONS-NO-PROBES',
      'WT-DOC-UNUSED-RULE',
    ])
  })

  it('need a reason', () => {
    const codes = checkManifest(rule('{ severity: off }')).findings.map(({ code }) => code)
    expect(codes).toContain('WT-DOC-MISSING-KEY')
  })
})

describe('the forms of a report', () => {
  const report = checkManifest(`${HEAD}services:\n  order: { prt: 1 }\n`)

  it('is for people: excerpt, caret, fix', () => {
    expect(renderHuman(report)).toBe(
      [
        'error WT-DOC-UNKNOWN-KEY watertight.yaml:4:12',
        '  cannot read services.order.prt: the key "prt" is not known',
        '  3 | services:',
        '  4 |   order: { prt: 1 }',
        '    |            ^^^',
        '  fix: did you mean port?',
        '  why: watertight explain WT-DOC-UNKNOWN-KEY',
        '',
        'watertight.yaml: 1 error',
        '',
      ].join('\n'),
    )
    expect(renderHuman(report, { colour: true })).toContain('\u001b[31m^^^\u001b[0m')
    expect(renderHuman(report)).not.toContain('\u001b')
  })

  it('never lets control characters of the document reach the terminal', () => {
    const hostile = checkManifest(`${HEAD}services:\n  order: { "p\\u001b[2J": 1 }\n  \u001b[2J: {}\n`)
    expect(renderHuman(hostile)).not.toContain('\u001b')
  })

  it('is JSON', () => {
    const json = JSON.parse(renderJson(report)) as { findings: object[] }
    expect(json).toMatchObject({ schemaVersion: 1, ok: false, score: { of: 15 } })
    expect(json.findings[0]).toEqual({
      code: 'WT-DOC-UNKNOWN-KEY',
      severity: 'error',
      message: 'cannot read services.order.prt: the key "prt" is not known',
      file: 'watertight.yaml',
      line: 4,
      column: 12,
      endLine: 4,
      endColumn: 15,
      hint: 'did you mean port?',
      path: 'services.order.prt',
      also: [],
    })
  })

  it('is SARIF, with silenced findings as suppressed results', () => {
    const sarif = JSON.parse(renderSarif(checkManifest(rule('{ severity: off, reason: a batch job }')))) as {
      runs: { results: object[]; tool: { driver: { rules: object[] } } }[]
    }
    expect(sarif.runs[0]?.results).toMatchObject([
      {
        ruleId: 'WT-OPERATIONS-NO-PROBES',
        suppressions: [{ kind: 'inSource', justification: 'a batch job' }],
      },
    ])
    expect(sarif.runs[0]?.tool.driver.rules).toHaveLength(1)
  })

  it('is GitHub annotations, escaped', () => {
    expect(renderGithub(checkManifest('a: 1', { file: 'a,b:c%.yaml' }))).toMatch(
      /^::error file=a%2Cb%3Ac%25\.yaml,line=1,/,
    )
  })
})

describe('the score card', () => {
  it('has fifteen lines, each with evidence', () => {
    const { score } = checkManifest(PROBELESS)
    expect(score?.lines).toHaveLength(15)
    expect(score?.lines.every(({ evidence }) => evidence !== '')).toBe(true)
    expect(score?.lines.find(({ practice }) => practice === 'probes and disruption budgets')).toEqual({
      practice: 'probes and disruption budgets',
      state: 'missing',
      evidence: '0 of 1 services have both probes and scale.maxUnavailable',
    })
  })
})
