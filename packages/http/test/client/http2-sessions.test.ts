import { once } from 'node:events'
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { constant } from '@watertight/policy'
import { afterEach, expect, it } from 'vitest'
import { createFetch, type FetchOptions, type ResilientFetch } from '../../src/index.js'
import { selfSignedCertificate } from '../../src/testing/index.js'

const certificate = selfSignedCertificate()
let server: Http2SecureServer | HttpsServer | undefined
let sessions: ServerHttp2Session[] = []
let send: ResilientFetch | undefined

afterEach(async () => {
  await send?.destroy()
  for (const session of sessions) session.destroy()
  server?.close()
  sessions = []
})

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

async function listen(
  answer: Answer,
  options: SecureServerOptions = {},
  port: number = 0,
): Promise<Http2SecureServer> {
  const secure = createSecureServer({ ...certificate, ...options })
  secure.on('session', (session) => sessions.push(session))
  secure.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined)
    answer(stream, headers)
  })
  await once(secure.listen(port, '127.0.0.1'), 'listening')
  server = secure
  return secure
}

function portOf(of: Http2SecureServer | HttpsServer): number {
  return (of.address() as AddressInfo).port
}

function calling(port: number, options: Partial<FetchOptions> = {}): ResilientFetch {
  send = createFetch({
    endpoints: `https://localhost:${port}`,
    allowH2: true,
    tls: { ca: certificate.cert },
    retry: false,
    ...options,
  })
  return send
}

async function serving(
  answer: Answer,
  options: Partial<FetchOptions> = {},
  serverOptions: SecureServerOptions = {},
): Promise<ResilientFetch> {
  return calling(portOf(await listen(answer, serverOptions)), options)
}

function respond(stream: ServerHttp2Stream, body: string = 'done'): void {
  stream.respond({ ':status': 200 })
  stream.end(body)
}

const failing = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)

it('loses no POST that is under way when the server shuts down in order', async () => {
  const held: ServerHttp2Stream[] = []
  const call = await serving((stream) => void held.push(stream))
  const all = [1, 2, 3].map(() =>
    call('/', { method: 'POST', body: 'order' }).then((response) => response.text()),
  )
  await expect.poll(() => held.length).toBe(3)
  for (const session of sessions) session.close()
  await new Promise((resolve) => sessions[0]!.ping(resolve))
  for (const stream of held) respond(stream)
  expect(await Promise.all(all)).toEqual(['done', 'done', 'done'])
})

it('opens as many sessions as the calls at one time need, which leave when they are idle', async () => {
  const held: ServerHttp2Stream[] = []
  const call = await serving(
    (stream) => {
      held.push(stream)
      if (held.length === 100) for (const one of held) respond(one)
    },
    { keepAliveMs: 50 },
    { settings: { maxConcurrentStreams: 25 } },
  )
  const all = Array.from({ length: 100 }, () => call('/').then((response) => response.text()))
  expect(new Set(await Promise.all(all))).toEqual(new Set(['done']))
  expect(sessions).toHaveLength(4)
  await expect.poll(() => sessions.every(({ closed, destroyed }) => closed || destroyed)).toBe(true)
})

it('opens one session for a burst that comes before the first is there', async () => {
  const call = await serving((stream) => respond(stream))
  const all = Array.from({ length: 90 }, () => call('/').then((response) => response.text()))
  await Promise.all(all)
  expect(sessions).toHaveLength(1)
})

it('has calls wait for a stream when no further session may be opened, within the connect limit', async () => {
  const held: ServerHttp2Stream[] = []
  const call = await serving(
    (stream) => void held.push(stream),
    { connectionsMax: 1, timeout: { connectMs: 3_000 } },
    { settings: { maxConcurrentStreams: 1 } },
  )
  const first = call('/')
  await expect.poll(() => held.length).toBe(1)
  const second = call('/')
  respond(held[0]!)
  expect(await (await first).text()).toBe('done')
  await expect.poll(() => held.length).toBe(2)
  expect(await failing(call('/'))).toMatchObject({ code: 'WT_CONNECTIONS_IN_USE' })
  respond(held[1]!)
  expect(await (await second).text()).toBe('done')
  expect(sessions).toHaveLength(1)
})

it('asks the callers stream for no more than the server takes', async () => {
  let taken = 0
  const call = await serving(() => undefined)
  const body = (async function* () {
    for (; taken < 10_000; taken++) yield Buffer.alloc(16_384)
  })()
  const patience = new AbortController()
  const upload = failing(call('/', { method: 'PUT', body, signal: patience.signal }))
  await expect.poll(() => taken).toBeGreaterThan(1)
  // Nothing more is taken, however many turns go by.
  const before = taken
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(taken).toBeLessThan(before + 20)
  patience.abort()
  expect(await upload).toMatchObject({ name: 'AbortError' })
})

it('holds a server back whose answer nobody reads, and no other stream of its session', async () => {
  let written = 0
  const call = await serving((stream, headers) => {
    if (headers[':path'] === '/quick') return respond(stream, 'quick')
    stream.respond({ ':status': 200 })
    const more = (): void => {
      written += 1
      if (written > 1_000) stream.end()
      else stream.write(Buffer.alloc(16_384), more)
    }
    more()
  })
  const slow = await call('/slow')
  await expect.poll(() => written).toBeGreaterThan(10)
  // Each answer comes after what the server could send of the other one.
  for (let time = 0; time < 20; time++) expect(await (await call('/quick')).text()).toBe('quick')
  expect(written).toBeLessThan(200)
  let bytes = 0
  for await (const chunk of slow.body!) bytes += (chunk as Uint8Array).length
  expect(bytes).toBe(1_000 * 16_384)
  expect(sessions).toHaveLength(1)
})

it('carries a hundred uploads of a megabyte at one time', async () => {
  const call = await serving((stream) => {
    let bytes = 0
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
    stream.on('end', () => respond(stream, String(bytes)))
  })
  const body = Buffer.alloc(1_000_000)
  const all = Array.from({ length: 100 }, () =>
    call('/', { method: 'POST', body }).then((response) => response.text()),
  )
  expect(new Set(await Promise.all(all))).toEqual(new Set(['1000000']))
})

it('answers HEAD with the length of what GET would have', async () => {
  const call = await serving((stream) => {
    stream.respond({ ':status': 200, 'content-length': '1000' }, { endStream: true })
  })
  const response = await call('/', { method: 'HEAD' })
  expect([response.headers.get('content-length'), await response.text()]).toEqual(['1000', ''])
})

it('sends what is asked for by name, and lists as one field each', async () => {
  let got: IncomingHttpHeaders = {}
  const call = await serving((stream, headers) => {
    got = headers
    stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] })
    stream.end()
  })
  const headers: [string, string][] = [
    ['Cookie', 'a=1'],
    ['X-List', 'one'],
    ['X-List', 'two'],
    ['TE', 'trailers'],
  ]
  const response = await call('/path?query', { headers })
  expect(got).toMatchObject({
    ':authority': `localhost:${portOf(server as Http2SecureServer)}`,
    ':path': '/path?query',
    ':scheme': 'https',
    cookie: 'a=1',
    'x-list': 'one, two',
    te: 'trailers',
  })
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
})

it('blames the caller for a stream of his that fails, and goes on with the session', async () => {
  let code: number | undefined
  let arrive!: () => void
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const call = await serving((stream, headers) => {
    if (headers[':method'] === 'GET') return respond(stream)
    stream.on('data', arrive).on('close', () => (code = stream.rstCode))
  })
  const body = (async function* () {
    yield 'half'
    await arrived
    throw new Error('disk read failed')
  })()
  expect(await failing(call('/', { method: 'PUT', body }))).toMatchObject({ code: 'WT_REQUEST' })
  await expect.poll(() => code).toBe(constants.NGHTTP2_CANCEL)
  expect(await (await call('/')).text()).toBe('done')
  expect(sessions).toHaveLength(1)
})

it.each([
  ['fewer', 'ab'],
  ['more', 'abcde'],
])('blames the caller for a body of %s bytes than announced', async (_what, text) => {
  const call = await serving((stream, headers) => {
    if (headers[':method'] === 'GET') respond(stream)
  })
  const body = (async function* () {
    yield text
  })()
  const put = call('/', { method: 'PUT', body, headers: { 'content-length': '4' } })
  expect(await failing(put)).toMatchObject({ code: 'WT_REQUEST' })
  expect(await (await call('/')).text()).toBe('done')
})

it('refuses a head that is larger than it may be', async () => {
  const call = await serving(
    (stream) => {
      stream.respond({ ':status': 200, 'x-large': 'x'.repeat(10_000) })
      stream.end()
    },
    { headerBytesMax: 4_096 },
  )
  expect(await failing(call('/'))).toMatchObject({ code: 'WT_PROTOCOL' })
})

it('speaks HTTP/1.1 to a server that knows no other, on the connection that told so', async () => {
  let connections = 0
  const https = createHttpsServer({ ...certificate }, (request, response) => {
    request.resume().on('end', () => response.end(request.httpVersion))
  })
  https.on('secureConnection', () => (connections += 1))
  await once(https.listen(0, '127.0.0.1'), 'listening')
  server = https
  const call = calling(portOf(https))
  for (let time = 0; time < 5; time++) {
    const response = await call('/', { method: 'POST', body: 'order' })
    expect(await response.text()).toBe('1.1')
  }
  expect(connections).toBe(1)
})

it('follows a server that comes back with another version', async () => {
  const options = { keepAliveMs: 50, retry: { backoff: constant({ ms: 1 }) } }
  const https = createHttpsServer({ ...certificate }, (request, response) =>
    response.end(request.httpVersion),
  )
  await once(https.listen(0, '127.0.0.1'), 'listening')
  const port = portOf(https)
  const call = calling(port, options)
  expect(await (await call('/')).text()).toBe('1.1')
  https.closeAllConnections()
  await new Promise((resolve) => https.close(resolve))
  await listen((stream) => respond(stream, '2'), {}, port)
  await expect.poll(async () => (await call('/')).text()).toBe('2')
})

it('turns to HTTP/1.1 where a server wants it for what was asked', async () => {
  const secure = await listen((stream) => stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED), {
    allowHTTP1: true,
  })
  secure.on('request', (request, response) => {
    if (request.httpVersion === '1.1') response.end('over 1.1')
  })
  const call = calling(portOf(secure), { retry: { on: ['refused-stream'], backoff: constant({ ms: 0 }) } })
  expect(await (await call('/', { method: 'POST', body: 'order' })).text()).toBe('over 1.1')
  expect(await (await call('/')).text()).toBe('over 1.1')
})

it('lets calls end when it is closed, and cuts them off when it is destroyed', async () => {
  const held: ServerHttp2Stream[] = []
  const call = await serving((stream) => void held.push(stream))
  const first = call('/')
  await expect.poll(() => held.length).toBe(1)
  const closed = call.close()
  respond(held[0]!)
  expect(await (await first).text()).toBe('done')
  await closed
  await expect.poll(() => sessions[0]!.destroyed).toBe(true)

  const other = calling(portOf(server as Http2SecureServer))
  const second = failing(other('/'))
  await expect.poll(() => held.length).toBe(2)
  await other.destroy()
  expect(await second).toMatchObject({ code: 'WT_CLOSED' })
})

it('fails all calls of a burst that one connection would have carried when it is refused', async () => {
  const secure = await listen(() => undefined)
  const port = portOf(secure)
  await new Promise((resolve) => secure.close(resolve))
  const call = calling(port)
  const ends = await Promise.all([1, 2, 3].map(() => failing(call('/'))))
  expect(ends).toMatchObject([{ code: 'WT_CONNECT' }, { code: 'WT_CONNECT' }, { code: 'WT_CONNECT' }])
})
