import fc from 'fast-check'
import { expect, it } from 'vitest'
import { httpDate } from './http-date.js'

const now = Date.parse('2026-11-21T12:00:00Z')

it.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37Z'],
  ['Monday, 23-Nov-26 00:00:00 GMT', '2026-11-23T00:00:00Z'],
  ['Thu, 29 Feb 2024 23:59:59 GMT', '2024-02-29T23:59:59Z'],
  ['Wed, 01 Mar 2000 00:00:00 GMT', '2000-03-01T00:00:00Z'],
  // Of two digits, the year that is not more than fifty years from now.
  ['Thursday, 19-Nov-76 00:00:00 GMT', '2076-11-19T00:00:00Z'],
  ['Tuesday, 23-Nov-76 00:00:00 GMT', '1976-11-23T00:00:00Z'],
])('%s', (text, expected) => {
  expect(httpDate(text, now)).toBe(Date.parse(expected))
})

it.each([
  '',
  'soon',
  '2026-11-21T12:00:00Z',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 06 Nox 1994 08:49:37 GMT',
  'Sun, 06 anF 1994 08:49:37 GMT',
])('refuses %j', (text) => {
  expect(httpDate(text, now)).toBeUndefined()
})

it('reads whatever the platform writes', () => {
  const seconds = fc.integer({ min: 0, max: 32_503_680_000 })
  fc.assert(
    fc.property(seconds, (at) => {
      expect(httpDate(new Date(at * 1_000).toUTCString(), now)).toBe(at * 1_000)
    }),
  )
})
