import { expect, it } from 'vitest'
import { mayRepeat } from './may-repeat.js'

it.each<[string, Parameters<typeof mayRepeat>, boolean]>([
  ['a GET', ['GET', undefined, false], true],
  ['a DELETE', ['DELETE', undefined, false], true],
  ['a POST', ['POST', undefined, false], false],
  ['a POST with a key', ['POST', undefined, true], true],
  ['a POST declared repeatable', ['POST', true, false], true],
  ['a POST by key without one', ['POST', 'by-key', false], false],
  ['a POST by key', ['POST', 'by-key', true], true],
  ['a GET declared unrepeatable, key or not', ['GET', false, true], false],
])('%s may be repeated: %j -> %s', (_name, given, expected) => {
  expect(mayRepeat(...given)).toBe(expected)
})
