import { expect, test } from 'vitest'
import { readIdempotencyKey } from './read-idempotency-key.js'

test.each([
  ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
  ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
  ['  "abc"  ', 'abc'],
  ['order:7/charge=1', 'order:7/charge=1'],
  ['"a b, c; d"', 'a b, c; d'],
  [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
  ['x'.repeat(255), 'x'.repeat(255)],
])('%s is a key', (header, key) => {
  expect(readIdempotencyKey(header)).toEqual({ key })
})

test.each([
  ['', 'empty'],
  ['""', 'an empty string'],
  ['x'.repeat(256), 'too long'],
  ['a, b', 'two headers that were joined'],
  ['"a", "b"', 'two quoted ones'],
  ['a b', 'a space in a bare one'],
  ['"a', 'a quote that is never closed'],
  ['a"b', 'a quote in a bare one'],
  [String.raw`"a\nb"`, 'an escape that there is not'],
  ['"é"', 'a letter outside of ASCII'],
  ['"a";p=1', 'parameters, which mean nothing here'],
])('%s is none: %s', (header) => {
  expect(readIdempotencyKey(header)).toHaveProperty('problem')
})

test('no header is no key', () => {
  expect(readIdempotencyKey(undefined)).toBeUndefined()
})
