import { describe, expect, it } from 'vitest'
import { proxyFor, readProxy } from './proxy-settings.js'

const proxyOf = (environment: Record<string, string>, origin: string): string | undefined =>
  proxyFor(new URL(origin), readProxy('environment', environment)!)?.host

describe('proxies of the environment', () => {
  it('has one for each scheme, and that of http: for both where https: names none', () => {
    const both = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://secure:3128' }
    expect(proxyOf(both, 'http://a.test')).toBe('plain:3128')
    expect(proxyOf(both, 'https://a.test')).toBe('secure:3128')
    expect(proxyOf({ HTTP_PROXY: 'http://plain:3128' }, 'https://a.test')).toBe('plain:3128')
    expect(proxyOf({}, 'http://a.test')).toBeUndefined()
  })

  it('prefers the names in lower case', () => {
    expect(proxyOf({ HTTP_PROXY: 'http://upper', http_proxy: 'http://lower' }, 'http://a.test')).toBe('lower')
  })

  it.each([
    ['a.test', 'http://a.test', true],
    ['a.test', 'http://b.a.test', true],
    ['.a.test', 'http://b.a.test', true],
    ['*.a.test', 'http://b.a.test', true],
    ['a.test', 'http://ba.test', false],
    ['A.TEST', 'http://a.test', true],
    ['*', 'https://anything.test', true],
    ['a.test:8080', 'http://a.test:8080', true],
    ['a.test:8080', 'http://a.test', false],
    ['a.test:443', 'https://a.test', true],
    ['x, a.test  b.test', 'http://b.test', true],
    ['::1', 'http://[::1]:80', true],
    ['[::1]:80', 'http://[::1]', true],
    ['[::1]:81', 'http://[::1]', false],
    ['127.0.0.1', 'http://127.0.0.1:7001', true],
    ['', 'http://a.test', false],
  ])('NO_PROXY %j: %s is reached directly: %s', (except, origin, direct) => {
    expect(proxyOf({ HTTP_PROXY: 'http://p', NO_PROXY: except }, origin) === undefined).toBe(direct)
  })

  it('refuses what is no proxy, without telling its password', () => {
    expect(() => readProxy('environment', { HTTP_PROXY: 'proxy.internal:3128' })).toThrow(
      "HTTP_PROXY must be a URL such as 'http://proxy.internal:3128', got the scheme proxy.internal:",
    )
    expect(() => readProxy('environment', { HTTPS_PROXY: 'http://user:secret@' })).toThrow(
      'got one that cannot be read',
    )
  })
})

it('follows the environment when it is told to, by option or as the platform is', () => {
  const environment = { HTTP_PROXY: 'http://p:3128' }
  expect(readProxy(undefined, environment)).toBeUndefined()
  expect(readProxy(undefined, { ...environment, NODE_USE_ENV_PROXY: '1' })?.http?.host).toBe('p:3128')
  expect(readProxy(false, { ...environment, NODE_USE_ENV_PROXY: '1' })).toBeUndefined()
  expect(readProxy('http://own:1', environment)?.https?.host).toBe('own:1')
})
