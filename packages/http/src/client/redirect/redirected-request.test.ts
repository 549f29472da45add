import { describe, expect, it } from 'vitest'
import { isRedirect, type RedirectedRequest, redirectedRequest } from './redirected-request.js'

const from = (method: string, url = 'http://a.test/x#top', headers: readonly string[] = []) => ({
  url: new URL(url),
  method,
  headers,
})
const followed = (...args: Parameters<typeof redirectedRequest>): RedirectedRequest => {
  const next = redirectedRequest(...args)
  if (typeof next === 'string') throw new Error(next)
  return next
}

describe('redirectedRequest', () => {
  it.each([
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [303, 'POST', 'GET', false],
    [303, 'PUT', 'GET', false],
    [303, 'HEAD', 'HEAD', true],
    [301, 'PUT', 'PUT', true],
    [302, 'PATCH', 'PATCH', true],
    [307, 'POST', 'POST', true],
    [308, 'DELETE', 'DELETE', true],
  ] as const)('after %i a %s goes on as %s, with its body: %s', (status, method, next, keepsBody) => {
    expect(followed(from(method), status, '/y')).toMatchObject({ method: next, keepsBody })
  })

  it('drops what tells of a body that is not sent again', () => {
    const headers = ['Content-Type', 'a/b', 'content-length', '3', 'x-a', '1']
    expect(followed(from('POST', undefined, headers), 303, '/y').headers).toEqual(['x-a', '1'])
    expect(followed(from('POST', undefined, headers), 307, '/y').headers).toEqual(headers)
  })

  it('keeps credentials within the origin, and nowhere else', () => {
    const headers = [
      'Authorization',
      'secret',
      'Cookie',
      'a=1',
      'proxy-authorization',
      's',
      'host',
      'a.test',
      'x-a',
      '1',
    ]
    expect(followed(from('GET', undefined, headers), 302, '/y').headers).toEqual(headers)
    for (const location of ['http://b.test/', 'https://a.test/', 'http://a.test:81/']) {
      expect(followed(from('GET', undefined, headers), 302, location).headers).toEqual(['x-a', '1'])
    }
  })

  it('resolves the location against the request, and keeps the fragment that it does not set', () => {
    expect(followed(from('GET'), 302, '../z?q').url.href).toBe('http://a.test/z?q#top')
    expect(followed(from('GET'), 302, '/z#own').url.href).toBe('http://a.test/z#own')
  })

  it('reads a location of UTF-8 bytes, as servers send it', () => {
    const bytes = Buffer.from('/straße', 'utf8').toString('latin1')
    expect(followed(from('GET'), 302, bytes).url.pathname).toBe('/stra%C3%9Fe')
  })

  it.each([
    ['http://[', 'is not a URL'],
    ['ftp://a.test/', 'http: or https:'],
    ['javascript:alert(1)', 'http: or https:'],
    ['http://user:secret@b.test/', 'a user name or a password'],
    ['http://user@a.test/', 'a user name or a password'],
  ])('does not follow %s', (location, why) => {
    expect(redirectedRequest(from('GET'), 302, location)).toContain(why)
  })
})

it('knows the five statuses that redirect', () => {
  expect([300, 301, 302, 303, 304, 305, 306, 307, 308].filter(isRedirect)).toEqual([301, 302, 303, 307, 308])
})
