import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { VALID } from '../../test/corrupted-text.js'
import { manifestJsonSchema } from './json-schema.js'

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

  it.each([
    ['an unknown key', { watertight: 'v1', system: 's', services: {}, polices: {} }],
    ['a missing key', { watertight: 'v1', services: {} }],
    ['a duration without a unit', { watertight: 'v1', system: 's', services: { a: { drain: 3 } } }],
    ['a name in capitals', { watertight: 'v1', system: 's', services: { Order: {} } }],
  ])('refuses %s', (_name, document) => {
    expect(validate(document)).toBe(false)
  })
})
