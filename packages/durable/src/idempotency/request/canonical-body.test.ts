import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBody } from './canonical-body.js'

const json = (text: string): string => canonicalBody(Buffer.from(text), 'application/json; charset=utf-8')

test.each([
  ['spaces', '{"a":1,"b":[1,2]}', '{ "a": 1,\n "b": [ 1, 2 ] }'],
  ['the order of keys', '{"a":{"x":1,"y":2},"b":2}', '{"b":2,"a":{"y":2,"x":1}}'],
])('%s make no difference', (_what, one, other) => {
  expect(json(one)).toBe(json(other))
})

test.each([
  ['an amount', '{"amount":1}', '{"amount":2}'],
  [
    'the digits of a number too long for JavaScript',
    '{"id":12345678901234567890}',
    '{"id":12345678901234567891}',
  ],
  ['a key that stands twice', '{"a":1,"a":2}', '{"a":2}'],
  ['the order in a list', '[1,2]', '[2,1]'],
  ['a number and its text', '{"a":1}', '{"a":"1"}'],
  ['a space in a text', '{"a":"b c"}', '{"a":"bc"}'],
  ['a list that looks like how keys are kept', '{"pairs":[["a",1]]}', '{"a":1}'],
  ['null and nothing', '{"a":null}', '{}'],
])('%s makes a difference', (_what, one, other) => {
  expect(json(one)).not.toBe(json(other))
})

test('what is no JSON counts byte for byte, and so does JSON that is broken or nested without end', () => {
  expect(canonicalBody(Buffer.from('a=1'), undefined)).not.toBe(canonicalBody(Buffer.from('a=2'), undefined))
  expect(json('{"a":')).toMatch(/^bytes:/)
  expect(json('['.repeat(100_000) + ']'.repeat(100_000))).toMatch(/^bytes:/)
  expect(json('')).toBe('none')
})

test('two values are equal exactly when their canonical bodies are', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const texts = [one, other].map((value) => JSON.stringify(value))
      // Through the parser, for which -0 and 0 are the same.
      const isSame =
        JSON.stringify(sortKeys(JSON.parse(texts[0]!))) === JSON.stringify(sortKeys(JSON.parse(texts[1]!)))
      return (json(texts[0]!) === json(texts[1]!)) === isSame
    }),
  )
})

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return {
    '': Object.entries(value)
      .sort(([first], [second]) => (first < second ? -1 : 1))
      .map(([key, part]) => [key, sortKeys(part)]),
  }
}
