import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkManifest } from '../findings/check-manifest.js'
import { findingKinds } from './checks.js'

const pages = new URL('../../docs/findings/', import.meta.url)

function page(code: string): string {
  return readFileSync(new URL(`${code}.md`, pages), 'utf8')
}

function example(code: string, heading: 'Before' | 'After'): string | undefined {
  return new RegExp(`## ${heading}\\n\\n\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(page(code))?.[1]
}

function findings(text: string, code: string) {
  const report = checkManifest(text)
  return [...report.findings, ...report.silenced].filter((finding) => finding.code === code)
}

// These two cannot show the text that causes them on a page, so it is made here.
const MADE: Record<string, string> = {
  'WT-DOC-SIZE': '#'.repeat(5_000_000),
  'WT-DOC-DEPTH': `services: ${'['.repeat(1_000)}`,
}

describe('the page of each finding', () => {
  it('lists at least thirty findings', () => expect(findingKinds.size).toBeGreaterThanOrEqual(30))

  for (const { code, group, severity } of findingKinds.values()) {
    it(`${code}: has a page that names its group and severity`, () => {
      expect(existsSync(new URL(`${code}.md`, pages))).toBe(true)
      const text = page(code)
      expect(text).toContain(`Group: ${group}.`)
      expect(text).toContain(`: ${severity}.`)
      for (const heading of ['Why it hurts', 'How to fix', 'Before', 'After'])
        expect(text).toContain(`## ${heading}`)
    })

    it(`${code}: is found in the example before, at the marked line`, () => {
      const text = MADE[code] ?? example(code, 'Before')
      expect(text).toBeDefined()
      const found = findings(text ?? '', code)
      expect(found.length).toBeGreaterThan(0)
      const marked = (text ?? '').split('\n').findIndex((line) => line.endsWith('# here')) + 1
      if (MADE[code] === undefined) expect(found.map(({ line }) => line)).toContain(marked)
      expect(found[0]?.severity).toBe(severity)
    })

    it(`${code}: is not found in the example after`, () => {
      const text = example(code, 'After')
      expect(text).toBeDefined()
      expect(findings(text ?? '', code)).toEqual([])
      expect(checkManifest(text ?? '').isManifest).toBe(true)
    })
  }
})
