import { describe, expect, it } from 'vitest'
import { checkManifest } from '../findings/check-manifest.js'
import { readManifest } from '../reading/read-manifest.js'
import { formatOrigin } from './origin.js'

const HEAD = `watertight: v1
system: shop
policies:
  standard: { timeout: { total: 3s }, retry: { attempts: 2 } }
  patient: { timeout: { total: 9s } }
services:
  order: { port: 7001, protocol: h2, connections: { max: 7 }, health: { ready: /readyz, unhealthy: 3 } }
  payment:
    endpoints: ['127.0.0.1:7002', '[::1]:7002', 'https://bank.example']
    callers: [order, gateway, spiffe://other/one]
  tax:
    versions: { stable: { port: 7003 }, canary: { endpoints: ['10.0.0.1:80', '10.0.0.2:80'] } }
    calls: { payment: { policy: patient } }
`

function read(gateway: string) {
  const { system, source, problems } = readManifest(`${HEAD}gateway:\n${gateway}\n`, 'watertight.yaml')
  expect(problems).toEqual([])
  return { model: system!.model, source }
}

const route = (text: string) => read(`  routes: [{ ${text} }]`).model.routes[0]!

describe('how a service is reached', () => {
  it('is its endpoints, its port on this machine, or those of all versions', () => {
    const { services } = read('  {}').model
    const shown = (name: string) =>
      services.get(name)!.endpoints.map(({ host, port, tls }) => `${host} ${port} ${tls}`)
    expect(shown('order')).toEqual(['127.0.0.1 7001 false'])
    expect(shown('payment')).toEqual(['127.0.0.1 7002 false', '::1 7002 false', 'bank.example 443 true'])
    expect(shown('tax')).toEqual(['127.0.0.1 7003 false', '10.0.0.1 80 false', '10.0.0.2 80 false'])
    expect([...services.get('tax')!.versions.keys()]).toEqual(['stable', 'canary'])
  })

  it('has protocol, connections and probing with their defaults and places', () => {
    const { model, source } = read('  {}')
    const order = model.services.get('order')!
    expect(order).toMatchObject({
      protocol: 'h2',
      connections: { max: 7, idleMs: 4_000 },
      probing: { intervalMs: 1_000, unhealthy: 3, healthy: 2 },
    })
    const origin = (name: string) => formatOrigin(order.origins.get(name)!, source)
    expect(origin('connections.max')).toBe('watertight.yaml:7')
    expect(origin('connections.idle')).toBe('default')
    expect(model.services.get('tax')).toMatchObject({
      protocol: 'http1',
      connections: { max: 1_024, idleMs: 4_000 },
    })
  })

  it('is for those who call it in the document, unless it says for whom', () => {
    const { services } = read('  routes: [{ match: { path: / }, to: tax, mirror: { to: order } }]').model
    expect(services.get('payment')!.callers).toEqual(['order', 'gateway', 'spiffe://other/one'])
    expect(services.get('tax')!.callers).toEqual(['gateway'])
    expect(services.get('order')!.callers).toEqual(['gateway'])
  })
})

describe('the gateway', () => {
  it('has limits, trust and the treatment of paths, each with a default', () => {
    expect(read('  {}').model.gateway).toMatchObject({
      listen: undefined,
      limits: {
        idleMs: 60_000,
        headersTimeoutMs: 10_000,
        requestTimeoutMs: 30_000,
        headersBytes: 32_768,
        bodyBytes: 10_000_000,
        requestsPerConnection: 10_000,
        replayBodyBytes: 1_000_000,
      },
      trust: [],
      normalizePath: true,
      mergeSlashes: false,
      http10: false,
      continue: 'here',
    })
    const { gateway } =
      read(`  listen: { host: 127.0.0.1, port: 8080, tls: { certificate: ./a.pem, key: ./b.pem } }
  limits: { requestTimeout: off, body: off, requestsPerConnection: off, idle: 5s, replayBody: 64KiB }
  trust: [10.0.0.0/8, 127.0.0.1, '2001:db8::/32']
  continue: service`).model
    expect(gateway.listen).toEqual({
      host: '127.0.0.1',
      port: 8080,
      tls: { certificate: './a.pem', key: './b.pem' },
    })
    expect(gateway.limits).toMatchObject({
      idleMs: 5_000,
      requestTimeoutMs: Infinity,
      bodyBytes: Infinity,
      requestsPerConnection: Infinity,
      replayBodyBytes: 65_536,
    })
    expect(gateway.trust).toEqual([
      { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
      { address: '127.0.0.1', prefix: 32, family: 'ipv4' },
      { address: '2001:db8::', prefix: 32, family: 'ipv6' },
    ])
    expect(gateway.continue).toBe('service')
  })
})

describe('a route', () => {
  it('matches by path, methods, hosts, headers and query', () => {
    const { match } = route(
      'match: { path: { regex: "/o/[0-9]+" }, headers: { X-User: ann, x-a: { present: false }, x-b: { present: true } }, query: { v: { prefix: 2 }, W: { regex: "a|b" } }, hosts: [Shop.example], methods: [GET] }, to: order'.replace(
        'prefix: 2',
        'prefix: "2"',
      ),
    )
    expect(match).toEqual({
      path: '/o/[0-9]+',
      pathKind: 'regex',
      methods: ['GET'],
      hosts: ['shop.example'],
      headers: [
        { name: 'x-user', kind: 'exact', value: 'ann' },
        { name: 'x-a', kind: 'absent', value: '' },
        { name: 'x-b', kind: 'present', value: '' },
      ],
      query: [
        { name: 'v', kind: 'prefix', value: '2' },
        { name: 'W', kind: 'regex', value: 'a|b' },
      ],
    })
  })

  it('takes what is below a path, or what its letters start', () => {
    expect(route('match: { path: /a }, to: order').match.pathKind).toBe('segments')
    expect(route('match: { path: { prefix: /a } }, to: order').match.pathKind).toBe('prefix')
    expect(route('match: { path: { exact: /a } }, to: order').match.pathKind).toBe('exact')
  })

  it('has the policy that it names, then that of the gateway', () => {
    const { model, source } = read(`  policy: patient
  answers: [503]
  routes:
    - { match: { path: /a }, to: order }
    - { match: { path: /b }, to: order, policy: standard, breaker: {}, operations: { POST /b: { idempotent: by-key } }, fallback: { status: 200 } }`)
    const [a, b] = model.routes
    expect(a?.policy).toBe(model.gatewayPolicy)
    expect(a?.policy).toMatchObject({ timeout: { totalMs: 9_000 }, answers: [503], retry: undefined })
    expect(b?.policy).toMatchObject({ timeout: { totalMs: 3_000 }, answers: [503], retry: { attempts: 2 } })
    expect(b?.policy.breaker?.openForMs).toBe(30_000)
    expect(formatOrigin(b!.policy.origins.get('timeout.total')!, source)).toBe('watertight.yaml:4')
    expect([...b!.operations]).toEqual([['POST /b', 'by-key']])
    expect(b?.fallback?.status).toBe(200)
    const shared = read('  routes: [{ match: { path: /a }, to: order, policy: standard }]').model
    expect(shared.routes[0]?.policy).toBe(shared.policies.get('standard'))
    expect(
      checkManifest(`${HEAD}gateway: { policy: standard }`).findings.map(({ message }) => message),
    ).not.toContain('no call uses policy standard')
  })

  it('splits by weights or percentages, mirrors, and does harm on purpose', () => {
    const made = route(
      'match: { path: / }, to: tax, split: { stable: 95.5%, canary: 4.5% }, mirror: { to: order, share: 50% }, fault: { delay: { by: 300ms, share: 10% }, abort: { status: 503 } }',
    )
    expect([...made.split]).toEqual([
      ['stable', 95.5],
      ['canary', 4.5],
    ])
    expect(made.mirror).toEqual({ to: 'order', version: undefined, share: 0.5 })
    expect(made.fault).toEqual({ delay: { byMs: 300, share: 0.1 }, abort: { status: 503, share: 1 } })
  })

  it.each([
    ['path: /a', 'rewrite: /v2', { part: 'matched', path: '/v2' }, undefined],
    ['path: { exact: /a }', 'rewrite: /v2', { part: 'whole', path: '/v2' }, undefined],
    ['path: { regex: "/a.*" }', 'rewrite: /v2', { part: 'whole', path: '/v2' }, undefined],
    ['path: /a', 'rewrite: { path: /v2, host: B.example }', { part: 'whole', path: '/v2' }, 'b.example'],
    ['path: /a', 'rewrite: { host: b.example }', undefined, 'b.example'],
  ])('of %s with %s', (match, rewrite, path, host) => {
    expect(route(`match: { ${match} }, to: order, ${rewrite}`).rewrite).toEqual({ path, host })
  })

  it.each([
    [
      'to: https://Shop.example/new',
      { scheme: 'https', host: 'shop.example', path: { part: 'whole', path: '/new' } },
    ],
    ['to: "http://a:81"', { scheme: 'http', host: 'a', port: 81, path: { part: 'whole', path: '/' } }],
    ['to: /new, status: 301', { path: { part: 'whole', path: '/new' }, status: 301 }],
    ['scheme: https', { scheme: 'https' }],
    ['prefix: /n', { path: { part: 'matched', path: '/n' } }],
  ])('is redirected by %s', (redirect, expected) => {
    const made = route(`match: { path: /o }, redirect: { ${redirect} }`)
    const rest = { scheme: undefined, host: undefined, port: undefined, path: undefined, status: 307 }
    expect(made.redirect).toEqual({ ...rest, ...expected })
    expect(made.to).toBeUndefined()
  })

  it('answers by itself, with a text or with JSON', () => {
    const body = (text: string) => route(`match: { path: / }, respond: { status: 200${text} }`).respond
    expect(body('')).toEqual({ status: 200, body: '', contentType: undefined })
    expect(body(', body: "1.2.3"')).toMatchObject({ body: '1.2.3', contentType: 'text/plain; charset=utf-8' })
    expect(body(', body: { a: 1 }')).toMatchObject({ body: '{"a":1}', contentType: 'application/json' })
  })

  it('changes headers and answers pages of other origins', () => {
    const made = route(
      'match: { path: /, methods: [GET, PUT] }, to: order, headers: { request: { set: { X-A: "1" }, remove: [X-B] } }, cors: { origins: [https://*.Shop.example, https://a.example], maxAge: 1m }',
    )
    expect(made.headers).toEqual({
      request: { set: [['x-a', '1']], add: [], remove: ['x-b'] },
      response: { set: [], add: [], remove: [] },
    })
    expect(made.cors).toEqual({
      origins: [
        { kind: 'regex', value: 'https://[a-z0-9.-]+\\.shop\\.example' },
        { kind: 'exact', value: 'https://a.example' },
      ],
      methods: ['GET', 'PUT'],
      headers: [],
      expose: [],
      credentials: false,
      maxAgeMs: 60_000,
    })
  })
})

describe('what cannot be read is told with its place', () => {
  const messages = (gateway: string) =>
    checkManifest(`${HEAD}gateway:\n${gateway}\n`)
      .findings.filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => `${path}: ${message}`)
      .join('\n')

  it.each([
    ['match: { path: / }', 'must have exactly one of to, redirect and respond'],
    ['match: { path: / }, to: order, respond: { status: 200 }', 'exactly one of to, redirect and respond'],
    ['match: { path: { regex: "/(a)\\\\1" } }, to: order', 'without the backreference \\1'],
    ['match: { path: { regex: "/(?=a)" } }, to: order', 'without the look to the side (?=...)'],
    ['match: { path: /, headers: { a: { regex: "(?<!b)c" } } }, to: order', 'the look to the side (?<!...)'],
    ['match: { path: { regex: "/(a" } }, to: order', 'without a mistake'],
    ['match: { path: / }, redirect: { to: ftp://x }', 'must be a URL such as https://shop.example/new'],
    ['match: { path: / }, redirect: { status: 301 }', 'must have to, or some of scheme'],
    [
      'match: { path: / }, redirect: { to: /a, status: 200 }',
      'must be 301, or 302, or 303, or 307, or 308, got 200',
    ],
    ['match: { path: / }, to: nobody', 'there is no service nobody'],
    ['match: { path: / }, to: order, mirror: { to: nobody }', 'there is no service nobody'],
    ['match: { path: / }, to: order, policy: standrd', 'there is no policy standrd'],
  ])('%s', (text, says) => expect(messages(`  routes: [{ ${text} }]`)).toContain(says))

  it.each([
    ['trust: [10.0.0.0/99]', 'must be an address or a network'],
    ['limits: { body: 10 }', 'must be off, or a size with a unit'],
    ['limits: { headersTimeout: off }', 'must be a duration'],
    ['continue: there', 'must be here or service'],
    ['policy: nobody', 'there is no policy nobody'],
  ])('%s', (text, says) => expect(messages(`  ${text}`)).toContain(says))

  it.each([
    ['endpoints: [127.0.0.1]', 'must be host:port'],
    ['endpoints: ["127.0.0.1:99999"]', 'must be host:port'],
    ['versions: { stable: {} }', 'must have port or endpoints'],
    ['callers: [nobody]', 'there is no service nobody'],
    ['protocol: http', 'must be http1 or h2'],
  ])('%s', (text, says) => {
    const { findings } = checkManifest(`watertight: v1\nsystem: s\nservices: { a: { ${text} } }\n`)
    expect(findings.map(({ message }) => message).join('\n')).toContain(says)
  })
})
