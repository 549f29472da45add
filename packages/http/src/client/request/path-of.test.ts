import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUrl, pathAndQuery, pathOf } from './path-of.js'

const any = { basePath: '', isKnownOrigin: (): boolean => true }

describe('pathOf', () => {
  it.each([
    ['/charges?id=1', '/charges?id=1'],
    ['/q?', '/q?'],
    ['/a/../b', '/b'],
    ['/a/./b/%2e%2e/c', '/a/c'],
    ['/b"<>', '/b%22%3C%3E'],
    ['/a\\b', '/a/b'],
    ['/ä b#top', '/%C3%A4%20b'],
    ['/a#', '/a'],
    ['/.well-known/x', '/.well-known/x'],
  ])('of %j is %j, given as a path or within a URL', (given, path) => {
    expect(pathOf(given, any)).toBe(path)
    expect(pathOf(`http://a.test${given}`, any)).toBe(path)
    expect(pathOf(new URL(`http://a.test${given}`), any)).toBe(path)
  })

  it('has one form for a path, however it is given', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, query) => {
        const text = `/${path}?${query}`
        fc.pre(!text.startsWith('//'))
        expect(pathOf(text, any)).toBe(pathOf(`http://a.test${text}`, any))
      }),
    )
  })

  it('puts the base before a path, and not before a URL, which has it already', () => {
    const based = { basePath: '/v1', isKnownOrigin: () => true }
    expect(pathOf('/charges', based)).toBe('/v1/charges')
    expect(pathOf('/../charges', based)).toBe('/v1/charges')
    expect(pathOf('http://a.test/v1/charges', based)).toBe('/v1/charges')
  })

  it('refuses another origin than the destination has', () => {
    expect(() =>
      pathOf('http://b.test/', { basePath: '', isKnownOrigin: (origin) => origin === 'http://a.test' }),
    ).toThrow("cannot fetch http://b.test: the origin must be one of the destination's")
    expect(() => pathOf('//b.test/', any)).toThrow('it must be a path from / or a URL')
  })
})

describe('parseUrl', () => {
  it.each(['http://user@a.test/', 'http://user:secret@a.test/', 'http://:secret@a.test/'])(
    'refuses %s: what it says would be dropped, or sent in clear',
    (url) => {
      expect(() => parseUrl(url)).toThrow('cannot fetch http://a.test: the URL must not hold a user name')
    },
  )
})

it('keeps a bare question mark', () => {
  expect(pathAndQuery(new URL('http://a.test/question?'))).toBe('/question?')
})
