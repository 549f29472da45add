import { describe, expect, it } from 'vitest'
import { closedAfterEach, eventually, gateway, RawCaller, type Running, serveHttp } from './running-proxy.js'

const started = closedAfterEach()

/** A service that tells its name and what it was asked. */
const named = (name: string, seen: string[] = []): Promise<Running> =>
  started(
    serveHttp((request, response) => {
      const { method, url, headers } = request
      seen.push(`${method} ${url}`)
      request.resume()
      response.end(JSON.stringify({ name, method, url, headers }))
    }),
  )

async function withRoutes(routes: string, services: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const { port } = await named('up')
  const others = Object.entries(services).map(([name, value]) => `  ${name}: ${value}`)
  const proxy = await started(
    gateway(`watertight: v1
system: test
services:
  up: { port: ${port} }
${others.join('\n')}
gateway:
  listen: { port: 1 }
  routes:
${routes}`),
  )
  return new Asked(proxy.port)
}

interface Told {
  readonly status: number
  readonly name: string | undefined
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly answer: Headers
  readonly text: string
}

class Asked {
  readonly port: number

  constructor(port: number) {
    this.port = port
  }

  async ask(target: string, headers: Record<string, string> = {}, method: string = 'GET'): Promise<Told> {
    const url = `http://127.0.0.1:${this.port}${target}`
    const response = await fetch(url, { method, headers, redirect: 'manual' })
    const text = await response.text()
    const told = text.startsWith('{') ? (JSON.parse(text) as Partial<Told>) : {}
    return {
      status: response.status,
      name: told.name,
      url: told.url,
      headers: told.headers ?? {},
      answer: response.headers,
      text,
    }
  }
}

describe('a route takes a request', () => {
  it.each([
    ['{ path: /a }', ['/a', '/a/', '/a/b', '/a?b'], ['/ab', '/']],
    ['{ path: { exact: /a } }', ['/a', '/a?b'], ['/a/', '/a/b']],
    ['{ path: { prefix: /a } }', ['/a', '/ab', '/a/b'], ['/b']],
    ["{ path: { regex: '/a/[0-9]+(/b)?' } }", ['/a/1', '/a/12/b'], ['/a/', '/a/1/c', '/x/a/1']],
    ["{ path: /, query: { v: '2' } }", ['/?v=2', '/?a=1&v=2'], ['/', '/?v=3']],
  ])('%s', async (match, taken, others) => {
    const asked = await withRoutes(`    - { match: ${match}, to: up }`)
    for (const target of taken) expect([target, (await asked.ask(target)).status]).toEqual([target, 200])
    for (const target of others) expect([target, (await asked.ask(target)).status]).toEqual([target, 404])
  })

  it('by a cookie among others, so that some users try another version', async () => {
    const asked = await withRoutes(
      `    - { match: { path: /, headers: { cookie: { regex: '(.*; ?)?beta=yes(;.*)?' } } }, respond: { status: 200, body: beta } }
    - { match: { path: / }, respond: { status: 200, body: stable } }`,
    )
    for (const [cookie, version] of [
      ['beta=yes', 'beta'],
      ['a=1; beta=yes; b=2', 'beta'],
      ['beta=no', 'stable'],
      ['notbeta=yes', 'stable'],
    ] as const)
      expect([cookie, (await asked.ask('/', { cookie })).text]).toEqual([cookie, version])
  })

  it('by its headers, and the first that takes it has it', async () => {
    const asked = await withRoutes(
      `    - { match: { path: /, headers: { x-user: ann } }, respond: { status: 200, body: for ann } }
    - { match: { path: / }, respond: { status: 200, body: for all } }`,
    )
    expect((await asked.ask('/', { 'x-user': 'ann' })).text).toBe('for ann')
    expect((await asked.ask('/', { 'x-user': 'bob' })).text).toBe('for all')
  })
})

it('changes path, host and headers on the way, and headers on the way back', async () => {
  const asked = await withRoutes(
    `    - match: { path: /v1 }
      to: up
      rewrite: { prefix: /v2, host: inner.example }
      headers: { request: { set: { x-a: one }, remove: [x-b] }, response: { set: { x-c: two }, remove: [date] } }`,
  )
  const told = await asked.ask('/v1/items?x=1', { 'x-b': 'gone', 'x-kept': 'kept' })
  expect(told.url).toBe('/v2/items?x=1')
  expect(told.headers).toMatchObject({ host: 'inner.example', 'x-a': 'one', 'x-kept': 'kept' })
  expect(told.headers['x-b']).toBeUndefined()
  expect([told.answer.get('x-c'), told.answer.get('date')]).toEqual(['two', null])
})

it('redirects, and answers by itself', async () => {
  const asked = await withRoutes(
    `    - { match: { path: { prefix: /old } }, redirect: { to: 'https://shop.example/new', status: 308 } }
    - { match: { path: /version }, respond: { status: 200, body: 1.2.3 } }`,
  )
  const { status, answer } = await asked.ask('/old/x?y=1')
  expect([status, answer.get('location')]).toEqual([308, 'https://shop.example/new?y=1'])
  expect((await asked.ask('/version')).text).toBe('1.2.3')
})

it('splits by weight, and keeps the requests of one key together', async () => {
  const [stable, canary] = await Promise.all([named('stable'), named('canary')])
  const versions = `{ versions: { stable: { port: ${stable.port} }, canary: { port: ${canary.port} } } }`
  const asked = await withRoutes(
    `    - { match: { path: /, headers: { x-user: { present: true } } }, to: order, balance: ring-hash, hashOn: { header: x-user }, split: { stable: 50, canary: 50 } }
    - { match: { path: / }, to: order, split: { stable: 100, canary: 0 } }`,
    { order: versions },
  )
  const names = new Set<string | undefined>()
  for (let n = 0; n < 5; n++) names.add((await asked.ask('/')).name)
  expect([...names]).toEqual(['stable'])
  const byUser = async (user: string): Promise<string | undefined> =>
    (await asked.ask('/', { 'x-user': user })).name
  const first = await Promise.all(Array.from({ length: 20 }, (_, user) => byUser(`user-${user}`)))
  const second = await Promise.all(Array.from({ length: 20 }, (_, user) => byUser(`user-${user}`)))
  expect(second).toEqual(first)
  expect(new Set(first).size).toBe(2)
})

it.each<[key: string, asked: (user: string) => readonly [target: string, cookie: string]]>([
  ['{ cookie: user }', (user) => ['/', `a=1; user=${user}; b=2`]],
  ['{ query: user }', (user) => [`/?a=1&user=${user}`, '']],
])('splits by %s, so that a user stays with the version that he has got', async (key, requestOf) => {
  const [stable, canary] = await Promise.all([named('stable'), named('canary')])
  const versions = `{ versions: { stable: { port: ${stable.port} }, canary: { port: ${canary.port} } } }`
  const asked = await withRoutes(
    `    - { match: { path: / }, to: order, balance: ring-hash, hashOn: ${key}, split: { stable: 50, canary: 50 } }`,
    { order: versions },
  )
  const versionsOf = async (): Promise<readonly (string | undefined)[]> =>
    Promise.all(
      Array.from({ length: 20 }, async (_, user) => {
        const [target, cookie] = requestOf(`user-${user}`)
        return (await asked.ask(target, { cookie })).name
      }),
    )
  const first = await versionsOf()
  expect(await versionsOf()).toEqual(first)
  expect(new Set(first).size).toBe(2)
})

it('sends a copy where the document says so, and never lets the caller feel it', async () => {
  const seen: string[] = []
  const copy = await named('copy', seen)
  const asked = await withRoutes(`    - { match: { path: / }, to: up, mirror: { to: other } }`, {
    other: `{ port: ${copy.port} }`,
  })
  expect((await asked.ask('/a')).name).toBe('up')
  await eventually(() => seen.length === 1)
  copy.close()
  expect((await asked.ask('/b')).name).toBe('up')
})

it('goes wrong on purpose, and tries no such answer again', async () => {
  const asked = await withRoutes(
    `    - { match: { path: /abort }, to: up, fault: { abort: { status: 418, share: 100% } } }
    - { match: { path: /late }, to: up, fault: { delay: { by: 60ms, share: 100% } } }`,
  )
  expect((await asked.ask('/abort')).status).toBe(418)
  const before = performance.now()
  expect((await asked.ask('/late')).status).toBe(200)
  expect(performance.now() - before).toBeGreaterThan(55)
})

it('answers in place of a service that cannot', async () => {
  const asked = await withRoutes(
    `    - { match: { path: / }, to: gone, fallback: { status: 200, body: { message: later } } }`,
    { gone: '{ port: 1 }' },
  )
  const { status, text, answer } = await asked.ask('/')
  expect([status, text, answer.get('content-type')]).toEqual([200, '{"message":"later"}', 'application/json'])
})

it('counts what the document answers in place of a service, whether that is gone or fails', async () => {
  const failing = await started(serveHttp((_request, response) => response.writeHead(500).end()))
  const { proxy } = await started(
    gateway(`watertight: v1
system: test
services: { gone: { port: 1 }, failing: { port: ${failing.port} } }
gateway:
  listen: { port: 1 }
  routes:
    - { match: { path: /gone }, to: gone, fallback: { status: 200 } }
    - { match: { path: /failing }, to: failing, fallback: { status: 200 } }`),
  )
  const asked = new Asked(proxy.ports[0]!.port)
  for (const path of ['/gone', '/failing']) expect((await asked.ask(path)).status).toBe(200)
  const { registry } = proxy.telemetry
  for (const destination of ['gone', 'failing']) {
    expect(registry.total('watertight_fallbacks_total', { destination })).toBe(1)
    const outcome = 'fallback'
    expect(registry.total('watertight_client_requests_total', { destination, outcome })).toBe(1)
  }
  expect(registry.total('watertight_fallbacks_total', { destination: 'failing', reason: 'status_500' })).toBe(
    1,
  )
})

it('tells browsers who may ask', async () => {
  const asked = await withRoutes(
    `    - { match: { path: / }, to: up, cors: { origins: ['https://a.example'], methods: [GET, PUT] } }`,
  )
  const preflight = { origin: 'https://a.example', 'access-control-request-method': 'PUT' }
  const caller = new RawCaller(asked.port).send(
    `OPTIONS / HTTP/1.1\r\nHost: a\r\n${Object.entries(preflight)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  )
  const answer = await caller.until(/\r\n\r\n/)
  expect(answer).toMatch(/^HTTP\/1.1 204 .*access-control-allow-methods: GET, PUT\r\n/s)
  const allowed = await asked.ask('/', { origin: 'https://a.example' })
  const refused = await asked.ask('/', { origin: 'https://b.example' })
  expect([allowed, refused].map((told) => told.answer.get('access-control-allow-origin'))).toEqual([
    'https://a.example',
    null,
  ])
})
