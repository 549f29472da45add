import { expect, it } from 'vitest'
import { announceReferrer, readReferrer, redirectedReferrer } from './referrer.js'

const page = 'https://shop.test/cart?step=2#total'
const whole = 'https://shop.test/cart?step=2'
const origin = 'https://shop.test/'

it.each([
  ['', whole, origin, undefined],
  ['no-referrer', undefined, undefined, undefined],
  ['same-origin', whole, undefined, undefined],
  ['origin', origin, origin, origin],
  ['strict-origin', origin, origin, undefined],
  ['origin-when-cross-origin', whole, origin, origin],
  ['strict-origin-when-cross-origin', whole, origin, undefined],
  ['no-referrer-when-downgrade', whole, whole, undefined],
  ['unsafe-url', whole, whole, whole],
])('tells what the policy %j lets be told: at home, elsewhere, in clear', (policy, ...told) => {
  const targets = ['https://shop.test/a', 'https://api.test/a', 'http://api.test/a']
  const headers = targets.map((target) => {
    const sent = ['Referer', 'from a former request', 'a', '1']
    announceReferrer(sent, readReferrer(page, policy)!, new URL(target))
    return sent
  })
  expect(headers).toEqual(
    told.map((referer) => ['a', '1', ...(referer === undefined ? [] : ['referer', referer])]),
  )
})

it('tells nothing where the caller names no page', () => {
  expect([undefined, '', 'about:client'].map((given) => readReferrer(given, 'unsafe-url'))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(() => readReferrer('no page', '')).toThrow("referrer must be a URL, got 'no page'")
})

it('tells only the origin of a page whose address is very long', () => {
  const headers: string[] = []
  const target = new URL(page)
  announceReferrer(headers, readReferrer(`${origin}${'x'.repeat(5_000)}`, '')!, target)
  expect(headers).toEqual(['referer', origin])
})

it('takes the last policy that it knows from an answer that redirects', () => {
  const policyAfter = (header: string | undefined): string =>
    redirectedReferrer({ url: new URL(page), policy: 'origin' }, header).policy
  expect(['no-referrer, unsafe-url, next', 'next', undefined].map(policyAfter)).toEqual([
    'unsafe-url',
    'origin',
    'origin',
  ])
})
