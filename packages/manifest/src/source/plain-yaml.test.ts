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
    '- a: b\n',
    'a: 0x1f\n',
    'a:\tb\n',
    '---\na: 1\n',
  ])('leaves %j to the library', (text) => {
    expect(readPlainYaml(text)).toBeUndefined()
    expect(readAnyYaml(text, 'x').source.text).toBe(text)
  })
})
