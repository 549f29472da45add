import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { manifestJsonSchema } from '../src/document/json-schema.js'
import { explainCall } from '../src/explain/explain-call.js'
import { checkManifest } from '../src/findings/check-manifest.js'
import { readManifest } from '../src/reading/read-manifest.js'

const page = readFileSync(new URL('../docs/format.md', import.meta.url), 'utf8')

/** The default of each key of a policy, as the page's table has it. */
const defaults = new Map(
  [...page.matchAll(/^\| `([\w.]+)` +\|.*\| ([^|]*?) *\|$/gm)].map(([, key = '', value = '']) => [
    key,
    value,
  ]),
)

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

  it('tells the defaults that hold', () => {
    const sections =
      'timeout: {}, retry: {}, breaker: { slowCalls: { over: 1s } }, bulkhead: {}, ejection: {}, rateLimit: { limit: 1 }, hedge: { after: 1s }'
    const text = `watertight: v1\nsystem: s\nservices: { a: { calls: { b: { ${sections} } } }, b: {} }\n`
    const { system, source } = readManifest(text, 'watertight.yaml')
    if (system === undefined) throw new Error('the test document is not readable')
    const { values } = explainCall({ ...system, source }, { from: 'a', to: 'b' })
    const held = values.filter(({ name, origin }) => origin === 'default' && name !== 'rateLimit.burst')
    expect(held.length).toBeGreaterThan(20)
    expect(held.map(({ name }) => [name, defaults.get(name)])).toEqual(
      held.map(({ name, value }) => [name, value]),
    )
  })

  it('has an example without errors or warnings', () => {
    const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ''
    const { findings } = checkManifest(example)
    expect(findings.filter(({ severity }) => severity !== 'note').map(({ message }) => message)).toEqual([])
  })
})
