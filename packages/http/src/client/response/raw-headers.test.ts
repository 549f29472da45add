import { expect, it } from 'vitest'
import { findHeader, listHeader, toHeaders } from './raw-headers.js'

const raw = ['Content-Type', 'text/plain', 'X-Two', 'first', 'x-two', 'second', 'X-Latin', 'caf\u00e9'].map(
  (part) => Buffer.from(part, 'latin1'),
)

it('finds a header in any case, and the first of several', () => {
  expect(findHeader(raw, 'content-type')).toBe('text/plain')
  expect(findHeader(raw, 'x-two')).toBe('first')
  expect(findHeader(raw, 'x-three')).toBeUndefined()
  expect(findHeader(['a', 'b'], 'a')).toBe('b')
})

it('makes one list of the lines of a header', () => {
  expect([listHeader(raw, 'x-two'), listHeader(raw, 'x-three')]).toEqual(['first, second', undefined])
})

it('makes what the web has for headers', () => {
  const headers = toHeaders(raw)
  expect([headers.get('x-two'), headers.get('x-latin')]).toEqual(['first, second', 'caf\u00e9'])
})
