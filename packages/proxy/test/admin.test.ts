import { request } from 'node:http'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { afterEach, describe, expect, it } from 'vitest'
import { configDump } from '../src/admin/config-dump.js'
import { Proxy } from '../src/proxy.js'
import { deadPort, eventually, RawCaller, serveHttp } from './running-proxy.js'

const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

function ask(
  port: number,
  path: string,
  method: string = 'GET',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** A gateway with an admin listener, before a service that answers when it is told to. */
async function serve(route: string = 'timeout: { total: 5s }') {
  const held: (() => void)[] = []
  const up = await serveHttp((incoming, response) => {
    if (incoming.url === '/held') held.push(() => response.end('late'))
    else response.end('ok')
  })
  const port = await deadPort()
  const { system } = readManifest(
    `watertight: v1
system: test
services: { up: { endpoints: ["127.0.0.1:${up.port}"] } }
gateway: { listen: { host: 127.0.0.1, port: ${port} }, routes: [{ match: { path: / }, to: up, ${route} }] }`,
    'watertight.yaml',
  )
  const proxy = new Proxy({ model: system!.model, posture: { kind: 'gateway' }, adminPort: 0 })
  await proxy.listen()
  closing.push(
    () => proxy.destroy(),
    () => up.close(),
  )
  const admin = proxy.ports.find(({ name }) => name === 'admin')!.port
  return { port, admin, held, proxy, origin: `http://127.0.0.1:${up.port}` }
}

describe('what the admin listener tells', () => {
  it('lists what there is', async () => {
    const { admin } = await serve()
    const { body } = await ask(admin, '/')
    const paths = body.split('\n').flatMap((line) => line.split(':')[0] || [])
    expect(paths).toEqual([
      '/',
      '/ready',
      '/stats',
      '/stats/prometheus',
      '/clusters',
      '/config_dump',
      '/faults',
      '/tap',
      '/drain_listeners',
    ])
    // The last one ends the taking in of requests, and has a test of its own.
    for (const path of paths.slice(0, -1)) expect(await ask(admin, path)).toMatchObject({ status: 200 })
  })

  it('counts requests and connections, a line each', async () => {
    const { admin, port } = await serve()
    await ask(port, '/')
    await eventually(async () => (await ask(admin, '/stats')).body.includes('requests.answered: 1\n'))
    const { body, headers } = await ask(admin, '/stats')
    expect(headers['content-type']).toContain('text/plain')
    expect(body).toContain(`listener.gateway.port: ${port}\n`)
    expect(body).toContain('destination.up.connections: 1\n')
    expect(body).toContain('destination.up.endpoints: 1\n')
    expect(body).toContain('requests.sent: 1\n')
    for (const line of body.trimEnd().split('\n')) expect(line).toMatch(/^[\w.#@-]+: \d+$/)
  })

  it('shows how each endpoint stands, as text and as JSON', async () => {
    const { admin, port, held, origin } = await serve()
    const answer = ask(port, '/held')
    await eventually(() => held.length === 1)
    expect((await ask(admin, '/clusters')).body).toContain(`up::${origin}::active::1\n`)
    const { body } = await ask(admin, '/clusters?format=json')
    expect(JSON.parse(body)).toMatchObject({
      clusters: [
        {
          name: 'up',
          endpoints: [{ address: origin, active: 1, connections: 1, pending: 0, ejected: false }],
        },
      ],
    })
    held[0]!()
    expect(await answer).toMatchObject({ body: 'late' })
  })

  it('shows which endpoint is ejected', async () => {
    const dead = await deadPort()
    const { system } = readManifest(
      `watertight: v1
system: test
services: { up: { endpoints: ["127.0.0.1:${dead}", "127.0.0.1:${await deadPort()}"] } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, retry: off, ejection: { consecutiveFailures: 1 } }] }`,
      'watertight.yaml',
    )
    const listen = { host: '127.0.0.1', port: 0, tls: undefined }
    const model = { ...system!.model, gateway: { ...system!.model.gateway, listen } }
    const proxy = new Proxy({ model, posture: { kind: 'gateway' }, adminPort: 0 })
    await proxy.listen()
    closing.push(() => proxy.destroy())
    const [gateway, admin] = proxy.ports
    await ask(gateway!.port, '/')
    expect((await ask(admin!.port, '/clusters')).body).toContain('::ejected::true\n')
    expect((await ask(admin!.port, '/stats')).body).toContain('destination.up.ejected: 1\n')
  })

  it('dumps the document in force, without secrets', async () => {
    const { admin } = await serve(
      'headers: { request: { set: { Authorization: Bearer abc, x-colour: red } } }',
    )
    const { body, headers } = await ask(admin, '/config_dump')
    expect(headers['content-type']).toBe('application/json')
    expect(body).not.toContain('abc')
    const { Authorization, ...others } = (JSON.parse(body) as SystemModel['document']).gateway!.routes![0]!
      .headers!.request!.set!
    expect([Authorization, others]).toEqual(['[redacted]', { 'x-colour': 'red' }])
  })

  it('shows no text of a key, and none of a password', () => {
    const text = configDump({
      gateway: {
        listen: { tls: { key: '-----BEGIN EC PRIVATE KEY-----\nabc', certificate: 'tls/cert.pem' } },
      },
      match: { headers: { 'x-api-key': { exact: 'abc' } }, path: '/v1' },
      endpoints: ['https://user:abc@tax.example'],
    })
    expect(text).not.toContain('abc')
    expect(text).toContain('tls/cert.pem')
    expect(text).toContain('/v1')
    expect(text).toContain('@tax.example')
  })
})

describe('what it refuses', () => {
  it('drains by POST alone', async () => {
    const { admin } = await serve()
    expect(await ask(admin, '/drain_listeners')).toMatchObject({ status: 405, headers: { allow: 'POST' } })
    expect(await ask(admin, '/stats', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    expect(await ask(admin, '/ready')).toMatchObject({ status: 200, body: 'LIVE\n' })
  })

  it.each([
    ['a script of a page', { origin: 'https://evil.example' }],
    ['a name that was pointed at loopback', { host: 'evil.example:9901' }],
  ])('does nothing for %s', async (_who, headers) => {
    const { admin } = await serve()
    expect(await ask(admin, '/drain_listeners', 'POST', headers)).toMatchObject({ status: 403 })
    expect(await ask(admin, '/ready')).toMatchObject({ status: 200 })
  })

  it('says where to look for what there is', async () => {
    const { admin } = await serve()
    expect(await ask(admin, '/status')).toMatchObject({
      status: 404,
      body: expect.stringContaining('/ lists'),
    })
  })
})

it('drains the listeners, lets what is under way end, and goes on telling', async () => {
  const { admin, port, held, proxy } = await serve()
  const answer = ask(port, '/held')
  await eventually(() => held.length === 1)
  expect(await ask(admin, '/drain_listeners', 'POST')).toMatchObject({ status: 200, body: 'OK\n' })
  expect(await ask(admin, '/ready')).toMatchObject({ status: 503, body: 'DRAINING\n' })
  expect((await ask(admin, '/stats')).body).toContain('listener.gateway.draining: 1\n')
  const refused = new RawCaller(port)
  await eventually(() => refused.closed)
  held[0]!()
  expect(await answer).toMatchObject({ status: 200, body: 'late' })
  await eventually(async () =>
    (await ask(admin, '/stats')).body.includes('listener.gateway.connections: 0\n'),
  )
  await proxy.drain()
})
