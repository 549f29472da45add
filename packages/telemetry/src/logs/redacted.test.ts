import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectNoSecret, SECRET } from '../../test/expect-no-secret.js'
import { redacted } from './redacted.js'
import { SecretNames } from './secret-names.js'
import { withoutSecrets } from './without-secrets.js'

const none = new SecretNames()

describe('whatever the shape of what is logged', () => {
  it('no value under a secret name is in the copy', () => {
    expectNoSecret(100)
  })

  it('the copy is bounded, JSON, and made without touching the value', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          expect(() => JSON.stringify(redacted(value, none))).not.toThrow()
        },
      ),
    )
    const many = (what: unknown): unknown =>
      Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => what))
    for (const what of [
      { a: 'x'.repeat(100_000) },
      'y'.repeat(100_000),
      1.25,
      { ['k'.repeat(100_000)]: 1 },
    ]) {
      expect(JSON.stringify(redacted(many(what), none)).length).toBeLessThan(400_000)
    }
    const frozen = Object.freeze({ password: SECRET })
    redacted(frozen, none)
    expect(frozen.password).toBe(SECRET)
  })
})

describe('odd values', () => {
  const circle: Record<string, unknown> = { name: 'a' }
  circle['self'] = circle
  const twice = { a: 1 }
  const throwing = Object.defineProperty({ a: 1 }, 'b', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  const revoked = (): unknown => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  const deep = JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) as unknown
  it.each([
    ['a circle', circle, { name: 'a', self: '[circular]' }],
    ['the same value twice', [twice, twice], [{ a: 1 }, { a: 1 }]],
    ['a getter that throws', throwing, { a: 1, b: '[unreadable]' }],
    ['a proxy that throws', [revoked()], ['[unreadable]']],
    ['keys without a text', new Map([[{}, 1]]), { '[object]': 1 }],
    ['depth', deep, [[[[[[[['[cut]']]]]]]]]],
    ['bytes', new Uint8Array(3), '[3 bytes]'],
    ['a function', { run: () => 1 }, { run: '[function]' }],
    ['numbers that JSON does not know', [Number.NaN, Infinity, 5n], ['NaN', 'Infinity', '5']],
    ['a card number as a number', [4111111111111111, 1764336000000], ['[redacted]', 1764336000000]],
    ['dates', [new Date(0), new Date(Number.NaN)], ['1970-01-01T00:00:00.000Z', 'Invalid Date']],
    ['a URL', new URL('https://user:pw@a.test/?token=abc'), 'https://[redacted]@a.test/?token=[redacted]'],
    ['a prototype as a field', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
    ['whether there is a secret', { hasToken: true, password: null }, { hasToken: true, password: null }],
  ])('%s', (_name, value, expected) => {
    expect(redacted(value, none)).toEqual(expected)
  })
})

it('an error of several tells each of them', () => {
  const copy = redacted(new AggregateError([new Error('a'), new TypeError('b')], 'both'), none)
  expect(copy).toMatchObject({
    type: 'AggregateError',
    message: 'both',
    errors: [
      { type: 'Error', message: 'a' },
      { type: 'TypeError', message: 'b' },
    ],
  })
})

it.each([
  ['tokens', true],
  ['pwd', true],
  ['db_pwd', true],
  ['pass', true],
  ['connect.sid', true],
  ['passenger', false],
  ['X-Amz-Security-Token', true],
  ['session_key', true],
  ['Set-Cookie2', true],
  ['maxTokens', false],
  ['tokenCount', false],
  ['key', false],
  ['author', false],
  ['spin', false],
  ['loyaltyNumber', true],
])('the name %s: %s', (name, expected) => {
  const names = new SecretNames(['Loyalty_Number'])
  expect([names.has(name), names.has(name)]).toEqual([expected, expected])
})

describe('text', () => {
  it.each([
    ['sent Bearer supersecret and more', 'sent Bearer [redacted] and more'],
    ['authorization: Basic Zm9vOmJhcg==', 'authorization: [redacted]'],
    ['Authorization: Custom abc def\nnext line', 'Authorization: [redacted]\nnext line'],
    ['{"cookie":"a=b; c=d","user":"x"}', '{"cookie":"[redacted]","user":"x"}'],
    ['Basic authentication failed', 'Basic authentication failed'],
    ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl end', 'jwt [redacted] end'],
    ['GET /a?api_key=abc&page=2', 'GET /a?api_key=[redacted]&page=2'],
    ['{"password":"a b c","user":"x"}', '{"password":[redacted],"user":"x"}'],
    ['postgres://app:pw@db:5432/shop', 'postgres://[redacted]@db:5432/shop'],
    ['login?user=a&pwd=abc', 'login?user=a&pwd=[redacted]'],
    ['connect.sid=s%3Aabc.def; a=b', 'connect.sid=[redacted]; a=b'],
    [`key -----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\n-----END RSA PRIVATE KEY----- end`, 'key [redacted] end'],
    [`cut -----BEGIN PRIVATE KEY-----\nMIIE`, 'cut [redacted]'],
    [`by ghp_${'a'.repeat(36)} now`, 'by [redacted] now'],
    ['AKIAIOSFODNN7EXAMPLE here', '[redacted] here'],
    [`charged by ${['sk', 'live', 'abcDEF123456'].join('_')}`, 'charged by [redacted]'],
    ['card 4111 1111 1111 1111 declined', 'card [redacted] declined'],
    ['order 4111111111111112 shipped', 'order 4111111111111112 shipped'],
    ['x'.repeat(9_000), `${'x'.repeat(8_192)} [cut]`],
  ])('%s', (text, expected) => {
    expect(withoutSecrets(text).slice(0, 9_000)).toBe(expected)
  })

  it('is searched in time that grows with its length, whatever it repeats: a pattern that backtracks never ends', () => {
    for (const part of [
      'token',
      'eyJ.',
      '1 ',
      'a-',
      'http://',
      'Basic ',
      'token="',
      'x=',
      '-----BEGIN ',
      'sk_live_',
    ]) {
      expect(withoutSecrets(part.repeat(20_000)).length).toBeLessThan(20_000)
    }
  })
})
