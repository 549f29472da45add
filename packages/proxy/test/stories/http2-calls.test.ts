import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually, type Running, type RunningProxy } from '../running-proxy.js'
import { Scene } from './scene.js'

const scene = new Scene()

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly hints: IncomingHttpHeaders[]
  readonly trailers: IncomingHttpHeaders
  readonly body: string
  /** Of a stream that was reset. */
  readonly code: number
}

function sessionTo({ port }: Running): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => undefined)
  onTestFinished(() => session.destroy())
  return session
}

function answerTo(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  const hints: IncomingHttpHeaders[] = []
  let body = ''
  stream.on('headers', (hint) => hints.push(hint))
  stream.on('response', (head) => (headers = head))
  stream.on('trailers', (last) => (trailers = last))
  stream.setEncoding('latin1').on('data', (text: string) => (body += text))
  stream.on('error', () => undefined)
  return new Promise((resolve) =>
    stream.on('close', () => {
      const status = Number(headers[':status'] ?? 0)
      resolve({ status, headers, hints, trailers, body, code: stream.rstCode })
    }),
  )
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}, body?: string): Promise<Answer> {
  const stream = session.request({ ':path': '/', ...headers }, { endStream: body === undefined })
  const answer = answerTo(stream)
  if (body !== undefined) stream.end(body)
  return answer
}

interface Http2Service extends Running {
  readonly sessions: ServerHttp2Session[]
  readonly streams: ServerHttp2Stream[]
}

async function http2Service(
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings: { maxConcurrentStreams?: number } = {},
): Promise<Http2Service> {
  const sessions: ServerHttp2Session[] = []
  const streams: ServerHttp2Stream[] = []
  const server = createServer({ settings })
  server.on('session', (session) => sessions.push(session))
  server.on('stream', (stream, headers) => {
    streams.push(stream)
    stream.on('error', () => undefined)
    onStream(stream, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.close()
    for (const session of sessions) session.destroy()
  }
  const { port } = server.address() as AddressInfo
  return scene.add(Promise.resolve({ sessions, streams, port, close }))
}

const http2Gateway = (
  service: Running,
  words: string = '',
  policy: string = ', retry: off',
): Promise<RunningProxy> => scene.gateway(service.port, words, ', protocol: h2', policy)

const HINT =
  'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: x-own\r\nX-Own: 1\r\nKeep-Alive: timeout=9\r\nContent-Length: 0\r\n\r\n'
const LARGE = 'x'.repeat(2 << 20)

describe('a caller of HTTP/2', () => {
  it('gets hints without what belongs to one connection, and then the whole answer, whose length the log has', async () => {
    const service = await scene.answering(
      `${HINT}HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.length}\r\n\r\n${LARGE}`,
    )
    const proxy = await scene.gateway(service.port)
    const { status, hints, body } = await ask(sessionTo(proxy))
    expect(hints.map((hint) => Object.keys(hint))).toEqual([[':status', 'link']])
    expect([status, body.length]).toEqual([200, LARGE.length])
    expect(proxy.lines.at(-1)).toMatchObject({ bytesSent: LARGE.length, flags: '' })
  })

  it('gets names of headers in small letters, and nothing of chunks', async () => {
    const service = await scene.answering(
      'HTTP/1.1 200 OK\r\nX-Upper: A\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n',
    )
    const { headers, trailers, body } = await ask(sessionTo(await scene.gateway(service.port)))
    expect(headers).toMatchObject({ 'x-upper': 'A' })
    expect(Object.keys(headers)).not.toContain('transfer-encoding')
    expect(Object.keys(headers)).not.toContain('connection')
    expect([body, trailers['x-sum']]).toEqual(['ok', '7'])
  })

  it('has its cookies, which come in pieces, sent in one line', async () => {
    const service = await scene.answering('HTTP/1.1 204 No Content\r\n\r\n')
    const session = sessionTo(await scene.gateway(service.port))
    expect((await ask(session, { cookie: ['a=1', 'b=2', 'c=3'] })).status).toBe(204)
    expect(service.connections[0]!.received.match(/^cookie:.*$/gim)).toEqual(['cookie: a=1; b=2; c=3'])
  })

  it.each([
    ['more', '2', 'abcdef'],
    ['less', '9', 'abc'],
  ])('that sends %s of a body than it has said has no request that looks whole', async (_, length, body) => {
    const service = await scene.service(() => undefined)
    const session = sessionTo(await scene.gateway(service.port))
    const answer = await ask(session, { ':method': 'POST', 'content-length': length }, body)
    expect([0, 400]).toContain(answer.status)
    const whole = service.connections.filter(({ received, closed }) => received.includes(body) && !closed)
    expect(whole).toEqual([])
  })

  it('whose head is too long is told so, and its connection goes on', async () => {
    const service = await scene.answering('HTTP/1.1 204 No Content\r\n\r\n')
    const session = sessionTo(await scene.gateway(service.port, 'limits: { headers: 8KiB }'))
    expect((await ask(session, { 'x-long': 'x'.repeat(20_000) })).status).toBe(431)
    expect((await ask(session)).status).toBe(204)
  })

  it('that asks more than a connection may loses none: each is answered, or refused unread', async () => {
    const service = await scene.echo()
    const session = sessionTo(await scene.gateway(service.port, 'limits: { requestsPerConnection: 5 }'))
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(session)))
    const fates = answers.map(({ status, code }) => status || code)
    expect(fates.filter((fate) => fate === 200).length).toBeGreaterThanOrEqual(5)
    expect(fates.filter((fate) => fate !== 200 && fate !== constants.NGHTTP2_REFUSED_STREAM)).toEqual([])
  })

  it('that gives up call after call harms neither its connection nor that to the service', async () => {
    const service = await http2Service((stream, headers) => {
      if (headers[':path'] === '/quick') stream.respond({ ':status': 204 }, { endStream: true })
    })
    const session = sessionTo(await http2Gateway(service))
    for (let calls = 1; calls <= 50; calls++) {
      const stream = session.request({ ':path': '/held' })
      const answer = answerTo(stream)
      await eventually(() => service.streams.length === calls)
      stream.close(constants.NGHTTP2_CANCEL)
      await answer
      await eventually(() => service.streams.at(-1)!.closed)
    }
    expect((await ask(session, { ':path': '/quick' })).status).toBe(204)
    expect(service.sessions).toHaveLength(1)
  })
})

/** A megabyte under way, of all streams of a connection, is enough for a gigabit over ten milliseconds. */
const UNDER_WAY_BYTES = 1 << 20

describe('a service of HTTP/2', () => {
  it('may have much under way at one time, however far away it is, and so may a caller', async () => {
    const service = await http2Service((stream) => stream.respond({ ':status': 204 }, { endStream: true }))
    const session = sessionTo(await http2Gateway(service))
    expect((await ask(session)).status).toBe(204)
    await eventually(() => (session.state.remoteWindowSize ?? 0) > UNDER_WAY_BYTES)
    await eventually(() => (service.sessions[0]!.state.remoteWindowSize ?? 0) > UNDER_WAY_BYTES)
  })

  it('may say much in its trailers, and in an error that has nothing else', async () => {
    const message = 'what went wrong, '.repeat(400).trim()
    const service = await http2Service((stream, headers) => {
      const status = { 'grpc-status': '13', 'grpc-message': message }
      if (headers[':path'] === '/at-once') {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true })
        return
      }
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers(status))
      stream.end('message')
    })
    const session = sessionTo(await http2Gateway(service))
    expect((await ask(session, { ':path': '/at-once' })).headers['grpc-message']).toBe(message)
    const late = await ask(session, { ':path': '/late' })
    expect([late.body, late.trailers['grpc-message']]).toEqual(['message', message])
  })

  it('may answer before it has all of an upload, and want no more of it', async () => {
    const service = await http2Service((stream) => {
      stream.respond({ ':status': 413 })
      stream.end('too much', () => stream.close(constants.NGHTTP2_NO_ERROR))
    })
    const proxy = await http2Gateway(service)
    const caller = scene.caller(proxy, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome')
    expect(await caller.until(/too much/)).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('that takes few requests at one time answers many that come at once, before it has said how few', async () => {
    const service = await http2Service(
      (stream) => setImmediate(() => stream.respond({ ':status': 204 }, { endStream: true })),
      { maxConcurrentStreams: 3 },
    )
    const session = sessionTo(await http2Gateway(service))
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(session)))
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(204))
  })
})
