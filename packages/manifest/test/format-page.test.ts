import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { manifestJsonSchema } from '../src/document/json-schema.js'
import { explainCall } from '../src/explain/explain-call.js'
import { checkManifest } from '../src/findings/check-manifest.js'
import { readManifest } from '../src/reading/read-manifest.js'
import { defaultOf, formatWord } from '../src/words/describe-word.js'
import { consumptionWords, eventWords } from '../src/words/event-words.js'
import { gatewayWords } from '../src/words/gateway-words.js'
import { policyWords } from '../src/words/policy-words.js'
import { reachWords } from '../src/words/reach-words.js'
import { sagaStepWords, sagaWords } from '../src/words/saga-words.js'
import type { WordName } from '../src/words/word.js'
import { wordTable } from './word-table.js'

const page = readFileSync(new URL('../docs/format.md', import.meta.url), 'utf8')

interface Node {
  readonly $ref?: string
  readonly anyOf?: readonly Node[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node
  readonly items?: Node
}

/** Every key that the schema knows. */
function keysOf(schema: Node, root: Node, known: Set<string> = new Set()): Set<string> {
  if (schema.$ref !== undefined) {
    const steps = schema.$ref.split('/').slice(1)
    const target = steps.reduce(
      (at, step) => at[step] as Record<string, unknown>,
      root as Record<string, unknown>,
    )
    return keysOf(target, root, known)
  }
  for (const [key, below] of Object.entries(schema.properties ?? {})) {
    known.add(key)
    keysOf(below, root, known)
  }
  for (const below of [...(schema.anyOf ?? []), schema.additionalProperties, schema.items]) {
    if (typeof below === 'object') keysOf(below, root, known)
  }
  return known
}

describe('the page about the format', () => {
  it('has every key of the schema', () => {
    const schema = manifestJsonSchema() as Node
    const written = new Set([...page.matchAll(/`([\w.]+)`/g)].flatMap(([, words = '']) => words.split('.')))
    const keys = [...keysOf(schema, schema)]
    expect(keys.length).toBeGreaterThan(100)
    expect(keys.filter((key) => !written.has(key))).toEqual([])
  })

  it('has the table of words that schema, model and explain are made from (vitest -u rewrites it)', async () => {
    const tables = {
      policies: policyWords,
      services: reachWords,
      gateway: gatewayWords,
      consumption: consumptionWords,
      events: eventWords,
      sagas: sagaWords,
      steps: sagaStepWords,
    }
    let made = page
    for (const [name, words] of Object.entries(tables)) {
      made = made.replace(
        new RegExp(`(<!-- made from the words of ${name}[^>]*-->\\n\\n)[^]*?(\\n\\n<!-- end -->)`),
        (_all, before: string, after: string) => `${before}${wordTable(words)}${after}`,
      )
      for (const word of Object.keys(words)) expect(made).toContain(`\`${word}\``)
    }
    await expect(made).toMatchFileSnapshot('../docs/format.md')
  })

  it('tells the defaults that hold', () => {
    const sections =
      'retry: {}, breaker: { slowCalls: { over: 1s } }, bulkhead: {}, adaptiveLimit: {}, ejection: {}, rateLimit: { limit: 1 }, hedge: { after: 1s }'
    const text = `watertight: v1\nsystem: s\nservices: { a: { calls: { b: { ${sections} } } }, b: {} }\n`
    const { system, source } = readManifest(text, 'watertight.yaml')
    if (system === undefined) throw new Error('the test document is not readable')
    const { values } = explainCall({ ...system, source }, { from: 'a', to: 'b' })
    const held = values.filter(({ name, origin }) => origin === 'default' && name !== 'instance')
    expect(held.length).toBeGreaterThan(20)
    for (const { name, value } of held) {
      const word = policyWords[name as WordName]
      // A default that depends on other keys names the plain one first.
      if (word.defaultSays === undefined) expect([name, value]).toEqual([name, defaultOf(word)])
      else expect([name, value]).toEqual([name, formatWord(word, word.default ?? 1)])
    }
  })

  it('has an example without errors or warnings', () => {
    const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ''
    const { findings } = checkManifest(example)
    expect(findings.filter(({ severity }) => severity !== 'note').map(({ message }) => message)).toEqual([])
  })
})
