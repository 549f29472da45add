import { Ajv } from 'ajv'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { checkManifest } from '../src/findings/check-manifest.js'
import { renderSarif } from '../src/findings/render-sarif.js'
import { VALID } from './corrupted-text.js'
import { SARIF_SHAPE } from './sarif-shape.js'

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
  readonly results: readonly { readonly ruleId: string; readonly suppressions: readonly object[] }[]
}

const matches = new Ajv({ strict: true, allErrors: true }).compile(SARIF_SHAPE)

/** The run of a report, once its shape is right. */
function runOf(text: string, file: string): Run {
  const log = JSON.parse(renderSarif(checkManifest(text, { file }))) as { runs: Run[] }
  matches(log)
  expect(matches.errors ?? []).toEqual([])
  const [run] = log.runs
  if (run === undefined) throw new Error('there is no run')
  return run
}

const pages = new URL('../docs/findings/', import.meta.url)

function examples(): string[] {
  return readdirSync(pages).flatMap((page) =>
    [...readFileSync(new URL(page, pages), 'utf8').matchAll(/```yaml\n([^]*?)```/g)].map(
      ([, text = '']) => text,
    ),
  )
}

it('has the shape of SARIF 2.1.0, whatever is found, and a rule for every result', () => {
  const texts = [...examples(), VALID, '', 'kind: Deployment', '#'.repeat(5_000_000)]
  for (const text of texts) {
    const { tool, results } = runOf(text, 'watertight.yaml')
    const rules = tool.driver.rules.map(({ id }) => id)
    expect(new Set(rules).size).toBe(rules.length)
    expect(rules).toEqual(expect.arrayContaining(results.map(({ ruleId }) => ruleId)))
  }
  expect(texts.length).toBeGreaterThan(140)
})

it.each([
  'a shop/watertight.yaml',
  'über:all%.yaml',
  '../watertight.yaml',
  '/srv/watertight.yaml',
  'a#b?.yaml',
])('names %s by a URI that leads back to it', (file) => {
  expect(runOf(VALID, file).results.length).toBeGreaterThan(0)
  const uri = /"uri": "([^"]+)"/.exec(renderSarif(checkManifest(VALID, { file })))?.[1] ?? ''
  expect(decodeURIComponent(uri)).toBe(file)
})

it('tells silenced results by a suppression and the others by none, never by silence', () => {
  const silenced = VALID.replace(
    'WT-DATA-EVENT-NOT-CONSUMED: {',
    'WT-ENFORCE-OBSERVE-ONLY: { severity: off, reason: new }\n  WT-DATA-EVENT-NOT-CONSUMED: {',
  )
  const { results } = runOf(silenced, 'watertight.yaml')
  const counts = new Set(results.map(({ suppressions }) => suppressions.length))
  expect(counts).toEqual(new Set([0, 1]))
})
