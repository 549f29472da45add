import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readPlainYaml } from './plain-yaml.js'
import { readAnyYaml } from './read-source.js'
import type { SourceNode } from './manifest-source.js'
import { composeYaml } from './compose-yaml.js'
import { YamlNodeReader } from './yaml-nodes.js'
import { corruptedText, FUZZ_TIMEOUT, RUNS, VALID } from '../../test/corrupted-text.js'

/** The library's reading of a text that it has nothing against. */
function readByLibrary(text: string): SourceNode | undefined {
  const composed = composeYaml(text)
  if ('problem' in composed || composed.documents.length !== 1) return undefined
  const reader = new YamlNodeReader()
  const [document] = composed.documents
  if (document === undefined || document.errors.length > 0) return undefined
  const root = reader.read(document)
  return reader.problems.length === 0 ? root : undefined
}

describe('the plain reader', () => {
  it('reads the example of the format without help', () => {
    expect(readPlainYaml(VALID)).toBeDefined()
    expect(readPlainYaml(VALID)).toEqual(readByLibrary(VALID))
  })

  it.each([
    '- a: b\n',
    'routes:\n  - match: { path: /a }\n    to: order\n\n  # another\n  -   to: tax\n      "when": now # and then\n  - c\n',
    'a:\n- b:\n    c: 1\n  d:\n  - e: 2\n    f: 3\n  - 4\ng: 5\n',
    '- a:\n    - b: c\n    - d: e\n- f: http://g\n',
  ])('reads lists of maps, as routes are written, without help: %j', (text) => {
    expect(readPlainYaml(text)).toBeDefined()
    expect(readPlainYaml(text)).toEqual(readByLibrary(text))
  })

  it('reads the worked example of the house without help, as each of its twenty processes does at its start', () => {
    const text = readFileSync(new URL('../../../../examples/orders/watertight.yaml', import.meta.url), 'utf8')
    expect(readPlainYaml(text)).toBeDefined()
    expect(readPlainYaml(text)).toEqual(readByLibrary(text))
  })

  it.each([
    'a:\n  POST /orders: 1\n  GET /orders/:id: 2\n  "POST /orders/*": 3\n',
    'a: { POST /orders: 1, GET /orders/:id: { b: 2 } }\n',
    'a:\n  {\n    b: 1,\n\n    c:\n      [1, 2,],\n  }\nd: 2\n',
    'a:\n  - [1,\n     2]\n  - { b: 1,\n      c: 2 } # and so on\n  - 3\n',
    'a: ${B:-c} d/e.py\nb: 10/s\nc: [10/min]\n',
  ])('reads what else manifests are written in without help: %j', (text) => {
    expect(readPlainYaml(text)).toBeDefined()
    expect(readPlainYaml(text)).toEqual(readByLibrary(text))
  })

  it('agrees with the library, positions included, on whatever it accepts', FUZZ_TIMEOUT, () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant('99.9%'),
        tie('map'),
        tie('list'),
      ),
      map: fc.dictionary(fc.stringMatching(/^[a-zA-Z][\w -]{0,8}$/), tie('node'), { maxKeys: 4 }),
      list: fc.array(tie('node'), { maxLength: 4 }),
    })).map
    let accepted = 0
    fc.assert(
      fc.property(value, fc.constantFrom('BLOCK', 'FLOW'), (data, collectionStyle) => {
        const text = stringify(data, { collectionStyle: collectionStyle === 'FLOW' ? 'flow' : 'block' })
        const read = readPlainYaml(text)
        if (read === undefined) return
        accepted++
        expect(read).toEqual(readByLibrary(text))
      }),
      { numRuns: RUNS },
    )
    expect(accepted).toBeGreaterThan(RUNS / 50)
  })

  it('agrees with the library on corrupted documents that it accepts', FUZZ_TIMEOUT, () => {
    fc.assert(
      fc.property(corruptedText(), (text) => {
        const read = readPlainYaml(text)
        if (read !== undefined) expect(read).toEqual(readByLibrary(text))
      }),
      { numRuns: RUNS },
    )
  })

  it.each([
    'a: |\n  text\n',
    'a: &x 1\n',
    'a:\n',
    'a: 1\na: 2\n',
    'a: b: c\n',
    '- - a\n',
    '- a: b\n   c\n',
    '- a: b\n c: d\n',
    '- a: 1\n  a: 2\n',
    '- a:\n- b\n',
    '-\n  a: b\n',
    'a:\n  [1,\n2]\n',
    'a:\n  b: [1,\n  2]\n',
    'a: [1,\n  # no\n  2]\n',
    'a: [,]\n',
    'a: [1,, 2]\n',
    'a: [b\n  c]\n',
    'a: [1,\n  2]: 3\n',
    'a: [1,\n  2] 3\n',
    'a: $\n  b\n',
    'a: 0x1f\n',
    'a:\tb\n',
    '---\na: 1\n',
  ])('leaves %j to the library', (text) => {
    expect(readPlainYaml(text)).toBeUndefined()
    expect(readAnyYaml(text, 'x').source.text).toBe(text)
  })
})
