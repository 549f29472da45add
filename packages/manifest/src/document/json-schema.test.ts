import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { VALID } from '../../test/corrupted-text.js'
import { manifestJsonSchema } from './json-schema.js'

interface Shown {
  readonly $ref?: string
  readonly description?: string
  readonly anyOf?: readonly Shown[]
  readonly allOf?: readonly Shown[]
  readonly items?: Shown
  readonly properties?: Readonly<Record<string, Shown>>
  readonly additionalProperties?: Shown | boolean
  readonly definitions?: Readonly<Record<string, Shown>>
}

const validate = new Ajv({ strict: false, allErrors: true }).compile(manifestJsonSchema())

describe('the JSON Schema', () => {
  it('is the committed one (vitest -u rewrites it)', async () => {
    const text = `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`
    await expect(text).toMatchFileSnapshot('../../manifest.schema.json')
  })

  it('is draft-07 and accepts what the parser accepts', () => {
    expect(manifestJsonSchema()).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' })
    expect(validate(parse(VALID))).toBe(true)
  })

  it('tells of each key what it means', () => {
    const schema = manifestJsonSchema() as Shown
    const silent: string[] = []
    const definition = ({ $ref }: Shown): Shown | undefined =>
      schema.definitions?.[$ref?.split('/').at(-1) ?? '']
    const told = (node: Shown): boolean =>
      node.description !== undefined ||
      [definition(node), ...(node.anyOf ?? [])].some((one) => one !== undefined && told(one))
    const walk = (node: Shown, place: string): void => {
      for (const [key, below] of Object.entries(node.properties ?? {})) {
        if (!told(below)) silent.push(`${place}.${key}`)
        walk(below, `${place}.${key}`)
      }
      const { anyOf = [], allOf = [], items, additionalProperties, definitions = {} } = node
      for (const below of [...anyOf, ...allOf, ...Object.values(definitions)]) walk(below, place)
      for (const below of [items, additionalProperties])
        if (typeof below === 'object') walk(below, `${place}.*`)
    }
    walk(schema, '')
    expect(silent).toEqual([])
    const breaker = JSON.stringify(schema)
    expect(breaker).toContain('Share of failed calls at which the circuit opens (a percentage). Default: 50%')
  })

  it.each([
    ['an unknown key', { watertight: 'v1', system: 's', services: {}, polices: {} }],
    ['a missing key', { watertight: 'v1', services: {} }],
    ['a duration without a unit', { watertight: 'v1', system: 's', services: { a: { drain: 3 } } }],
    ['a name in capitals', { watertight: 'v1', system: 's', services: { Order: {} } }],
  ])('refuses %s', (_name, document) => {
    expect(validate(document)).toBe(false)
  })
})
