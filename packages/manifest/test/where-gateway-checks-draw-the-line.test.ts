import { describe, expect, it } from 'vitest'
import { checkManifest } from '../src/findings/check-manifest.js'

const SERVICES =
  'services: { order: { versions: { stable: { port: 1 }, canary: { port: 2 } } }, plain: { port: 3 }, database: { protocol: postgres } }'

function found(body: string, code: string): string[] {
  const { findings } = checkManifest(`watertight: v1\nsystem: shop\n${body}\n`)
  expect(findings.filter((finding) => finding.code.startsWith('WT-DOC-'))).toEqual([])
  return findings
    .filter((finding) => finding.code === code)
    .map(({ severity, message }) => `${severity}: ${message}`)
}

const route = (text: string, gateway = ''): string =>
  `${SERVICES}\ngateway: { timeout: { total: 9s }, ${gateway} routes: [{ match: { path: /a }, ${text} }] }`

describe('a split', () => {
  const sum = (split: string) => found(route(`to: order, split: { ${split} }`), 'WT-OPERATIONS-SPLIT-SUM')

  it.each([
    ['stable: 95, canary: 5', []],
    ['stable: 3, canary: 1', []],
    ['stable: 900, canary: 200', []],
    ['stable: 99.5%, canary: 0.5%', []],
    [
      'stable: 95, canary: 10',
      [
        'warning: the weights of /a add up to 105, above 100: they are relative to their sum, and no percentages',
      ],
    ],
    ['stable: 95%, canary: 10%', ['error: cannot split /a: percentages must add up to 100%, got 105%']],
    ['stable: 95%, canary: 1%', ['error: cannot split /a: percentages must add up to 100%, got 96%']],
    ['stable: 95%, canary: 5', ['error: cannot split /a: weights must all be percentages, or none of them']],
  ])('%s', (split, expected) => expect(sum(split)).toEqual(expected))

  it('of nothing is reported as such, in weights and in percentages', () => {
    for (const zero of ['0', '0%'])
      expect(
        found(route(`to: order, split: { stable: ${zero}, canary: ${zero} }`), 'WT-OPERATIONS-SPLIT-EMPTY'),
      ).toHaveLength(1)
    expect(sum('stable: 0%, canary: 0%')).toEqual([])
  })

  const version = (text: string) => found(route(text), 'WT-OPERATIONS-VERSION-UNKNOWN')

  it('names versions of its service, and a mirror those of its own', () => {
    expect(version('to: order, split: { stable: 95, canary: 5 }')).toEqual([])
    expect(version('to: order, split: { stabel: 95, canary: 5 }')).toEqual([
      'error: order has no version stabel',
    ])
    expect(version('to: plain, mirror: { to: order, version: next }')).toEqual([
      'error: order has no version next',
    ])
    expect(version('to: plain, split: { stable: 1 }')).toEqual([
      'warning: plain says no versions, so that nothing here knows where stable is reached',
    ])
  })
})

it.each([
  ['mirror: { to: plain, share: 0% }', 1],
  ['mirror: { to: plain, share: 1% }', 0],
  ['fault: { delay: { by: 1s, share: 0% }, abort: { status: 503, share: 0% } }', 2],
  ['fault: { delay: { by: 1s }, abort: { status: 503 } }', 0],
])('%s touches nothing %i times', (text, times) => {
  expect(found(route(`to: order, ${text}`), 'WT-OPERATIONS-SHARE-NOTHING')).toHaveLength(times)
})

describe('a redirect', () => {
  const tls = 'listen: { port: 443, tls: { certificate: a, key: b } },'
  it.each([
    ['path: /a', 'to: /a/b', '', true],
    ['path: /a', 'to: "/a?x=1"', '', true],
    ['path: /a', 'to: /ab', '', false],
    ['path: { prefix: /a }', 'to: /ab', '', true],
    ['path: { exact: /a }', 'to: /a/b', '', false],
    ['path: { regex: "/a/[0-9]+" }', 'to: /a/7', '', true],
    ['path: { regex: "/a/[0-9]+" }', 'to: /a/x', '', false],
    ['path: /a', 'prefix: /a/b', '', true],
    ['path: /a', 'scheme: https', '', false],
    ['path: /a', 'scheme: https', tls, true],
    ['path: /a', 'to: https://shop.example/a', tls, false],
    ['path: /a, hosts: ["*.example"]', 'to: https://shop.example/a', tls, true],
    ['path: /a, hosts: [shop.example]', 'host: www.shop.example', '', false],
    ['path: /a', 'port: 8443', '', false],
    ['path: /a, methods: [POST]', 'to: /a/b, status: 303', '', false],
    ['path: /a, methods: [POST]', 'to: /a/b, status: 308', '', true],
  ])('of %s with %s (%s) comes back: %s', (match, redirect, gateway, loops) => {
    const text = `${SERVICES}\ngateway: { ${gateway} routes: [{ match: { ${match} }, redirect: { ${redirect} } }] }`
    expect(found(text, 'WT-OPERATIONS-REDIRECT-LOOP')).toHaveLength(loops ? 1 : 0)
  })
})

describe('a route that an earlier one hides', () => {
  const two = (earlier: string, later: string) =>
    found(
      `${SERVICES}\ngateway: { timeout: { total: 9s }, routes: [{ match: { ${earlier} }, to: order }, { match: { ${later} }, to: plain }] }`,
      'WT-OPERATIONS-ROUTE-SHADOWED',
    ).length

  it.each([
    ['path: /', 'path: { regex: "/a.*" }', 1],
    ['path: { regex: "/a.*" }', 'path: { regex: "/a.*" }', 1],
    ['path: { regex: "/a.*" }', 'path: /a', 0],
    ['path: /, headers: { x-user: ann }', 'path: /', 0],
    ['path: /, headers: { x-user: ann }', 'path: /, headers: { X-User: ann, x-b: c }', 1],
    ['path: /, headers: { x-user: { present: true } }', 'path: /, headers: { x-user: ann }', 1],
    [
      'path: /, headers: { x-user: { present: true } }',
      'path: /, headers: { x-user: { present: false } }',
      0,
    ],
    ['path: /, query: { v: { prefix: a } }', 'path: /, query: { v: ab }', 1],
    ['path: /, query: { v: { prefix: ab } }', 'path: /, query: { v: { prefix: a } }', 0],
  ])('%s, then %s: %i', (earlier, later, times) => expect(two(earlier, later)).toBe(times))
})

describe('a hash key', () => {
  it.each([
    ['hashOn: ip', 'WT-ISOLATION-HASH-WITHOUT-RING', 1],
    ['hashOn: ip, balance: ring-hash', 'WT-ISOLATION-HASH-WITHOUT-RING', 0],
    ['hashOn: ip, split: { stable: 1, canary: 1 }', 'WT-ISOLATION-HASH-WITHOUT-RING', 0],
    ['balance: ring-hash', 'WT-ISOLATION-RING-WITHOUT-HASH', 1],
    ['balance: ring-hash, hashOn: { cookie: s }', 'WT-ISOLATION-RING-WITHOUT-HASH', 0],
  ])('%s: %s %i', (text, code, times) => expect(found(route(`to: order, ${text}`), code)).toHaveLength(times))

  it('is given by code to the client in a process, and found in the request by a sidecar', () => {
    const call = (enforce: string) =>
      found(
        `services: { a: { enforce: ${enforce}, calls: { b: { balance: ring-hash } } }, b: {} }`,
        'WT-ISOLATION-RING-WITHOUT-HASH',
      )
    expect([call('process').length, call('sidecar').length]).toEqual([0, 1])
  })
})

it.each([
  ['retry: {}, answers: [503]', 'retry, answers would do nothing'],
  ['fallback: { status: 200 }', 'fallback would do nothing'],
  ['timeout: { connect: 1s }, ejection: {}, bulkhead: { connections: 3 }', ''],
])('of a call to Postgres with %s, a proxy says %s', (policy, says) => {
  const text = `services: { a: { calls: { database: { ${policy} } } }, database: { protocol: postgres } }`
  const messages = found(text, 'WT-ENFORCE-NOT-HTTP').join()
  if (says === '') expect(messages).toBe('')
  else expect(messages).toContain(says)
})

it('no route leads to what is no HTTP', () => {
  expect(found(route('to: database'), 'WT-ENFORCE-NOT-HTTP')[0]).toContain('speaks postgres and no HTTP')
})

it('a gateway gives up after its services, by the policy that its route names', () => {
  const text = (total: string) => `policies: { short: { timeout: { total: ${total} } } }
services: { order: { calls: { plain: { timeout: { total: 5s } } } }, plain: {} }
gateway: { timeout: { total: 9s }, routes: [{ match: { path: /a }, to: order, policy: short }] }`
  expect(found(text('4s'), 'WT-TIMEOUT-GATEWAY-BELOW-SERVICE')[0]).toContain('the gateway waits 4s for order')
  expect(found(text('5s'), 'WT-TIMEOUT-GATEWAY-BELOW-SERVICE')).toEqual([])
})

it('a gateway keeps no request for later', () => {
  expect(found(route('to: order, fallback: { queue: later }'), 'WT-ENFORCE-NOT-EXPRESSIBLE')[0]).toContain(
    'the gateway cannot express fallback.queue',
  )
})

it.each([
  ['::/0', 1],
  ['10.0.0.0/8', 0],
])('trust in %s is a finding %i times', (network, times) => {
  expect(found(route('to: order', `trust: ["${network}"],`), 'WT-OPERATIONS-TRUST-EVERYBODY')).toHaveLength(
    times,
  )
})

it('callers that are named are all that there are', () => {
  const text = (callers: string) =>
    `services: { a: { calls: { b: {} } }, b: { callers: ${callers} } }\ngateway: { routes: [{ match: { path: / }, to: b }] }`
  expect(found(text('[a]'), 'WT-OPERATIONS-CALLER-REFUSED')).toEqual([
    'error: gateway calls b, and is not one of its callers',
  ])
  for (const all of ['[a, gateway]', 'any'])
    expect(found(text(all), 'WT-OPERATIONS-CALLER-REFUSED')).toEqual([])
})

it('a route that declares what it sends is retried as a call that does', () => {
  const text = (operations: string) =>
    `services: { order: {} }\ngateway: { timeout: { total: 9s }, retry: {}, routes: [{ match: { path: /a, methods: [GET, POST] }, to: order, ${operations} }] }`
  expect(found(text(''), 'WT-RETRY-UNSAFE')).toHaveLength(1)
  expect(found(text('operations: { POST /a: { idempotent: by-key } }'), 'WT-RETRY-UNSAFE')).toEqual([])
  expect(found(text('operations: { POST /a: { idempotent: false } }'), 'WT-RETRY-UNSAFE')).toHaveLength(1)
})
