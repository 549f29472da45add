import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { corruptedText, FUZZ_TIMEOUT, RUNS, VALID } from '../../test/corrupted-text.js'
import { checkManifest } from './check-manifest.js'
import { renderGithub } from './render-github.js'
import { renderHuman } from './render-human.js'
import { renderJson } from './render-json.js'
import { renderSarif } from './render-sarif.js'

function expectSound(text: string): void {
  const report = checkManifest(text)
  const lines = text.split('\n')
  for (const { message, hint, line, column, endLine, endColumn, code } of report.findings) {
    expect(code).toMatch(/^WT-[A-Z-]+$/)
    expect(message).not.toBe('')
    expect(hint).not.toMatch(/undefined|^$/)
    expect(message).not.toMatch(/undefined|NaN|\[object [A-Z]/)
    // Inside the text: a line that exists, and a column on it or just behind it.
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 2)
    expect(endLine > line || (endLine === line && endColumn >= column)).toBe(true)
  }
  if (!report.isManifest) expect(report.findings.length).toBeGreaterThan(0)
  expect(renderHuman(report, { colour: true })).not.toBe('')
  expect(JSON.parse(renderJson(report))).toMatchObject({ schemaVersion: 1, ok: report.ok })
  expect(JSON.parse(renderSarif(report))).toMatchObject({ version: '2.1.0' })
  expect(renderGithub(report).split('\n').length).toBe(report.findings.length + 1)
}

describe('check, on any text', () => {
  it('finds nothing wrong with the valid document but its known notes', () => {
    const report = checkManifest(VALID)
    expect(report.findings.map(({ code }) => code)).toEqual([
      'WT-ENFORCE-OBSERVE-ONLY',
      'WT-OPERATIONS-NO-PROBES',
      'WT-DATA-PUBLISH-WITHOUT-OUTBOX',
    ])
    expectSound(VALID)
  })

  it('survives corrupted documents with a position for every finding', FUZZ_TIMEOUT, () => {
    fc.assert(fc.property(corruptedText(), expectSound), { numRuns: RUNS })
  })

  it('survives random bytes', FUZZ_TIMEOUT, () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new TextDecoder('latin1').decode(array))
    fc.assert(
      fc.property(bytes, (text) => expectSound(`watertight: v1\n${text}`)),
      { numRuns: RUNS / 2 },
    )
  })

  it('survives any value in any place', FUZZ_TIMEOUT, () => {
    const place = fc.constantFrom(
      'system',
      'policies',
      'services',
      'gateway',
      'sagas',
      'alerts',
      'chaos',
      'findings',
      'mesh',
    )
    fc.assert(
      fc.property(place, fc.json({ maxDepth: 4 }), (key, json) => {
        expectSound(`watertight: v1\n${key === 'system' ? '' : 'system: s\n'}${key}: ${json}\n`)
      }),
      { numRuns: RUNS / 2 },
    )
  })
})
