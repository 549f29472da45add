import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { http2Callers } from './http2-callers.js'
import {
  eventually,
  gatewayTo,
  type Running,
  type RunningProxy,
  serveHttp,
  serveRaw,
} from './running-proxy.js'

const running: Running[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.close()
})

const caller = http2Callers()

async function inFrontOf(service: Running, policy?: string): Promise<RunningProxy> {
  const proxy = await gatewayTo(service.port, policy)
  running.push(service, proxy)
  return proxy
}

interface Answer {
  readonly status: number | undefined
  readonly headers: Record<string, unknown>
  readonly body: string
  readonly trailers: Record<string, unknown>
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: Record<string, unknown> = {}
  let trailers: Record<string, unknown> = {}
  stream.on('response', (told) => (headers = told))
  stream.on('trailers', (told) => (trailers = told))
  let body = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => (body += chunk))
  await once(stream, 'close')
  return { status: headers[':status'] as number, headers, body, trailers }
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Answer> {
  const stream = session.request({ ':path': '/', ...headers }, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  return answerOf(stream)
}

describe('a caller that speaks HTTP/2', () => {
  it('is answered on the port of HTTP/1.1, by a service that speaks HTTP/1.1', async () => {
    const service = await serveHttp((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        response.setHeader('set-cookie', ['a=1', 'b=2'])
        response.end(
          `${request.method} ${request.url} ${request.headers.host} ${request.headers.cookie} ${body}`,
        )
      })
    })
    const { port } = await inFrontOf(service)
    const session = caller(port)
    const answer = await ask(
      session,
      {
        ':method': 'POST',
        ':path': '/a?b=c',
        ':authority': 'shop.example',
        cookie: ['x=1', 'y=2'],
      },
      'hello',
    )
    expect(answer).toMatchObject({ status: 200, body: 'POST /a?b=c shop.example x=1; y=2 hello' })
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(answer.headers['connection']).toBeUndefined()
  })

  it('has a hundred requests answered at once on one connection', async () => {
    const { port } = await inFrontOf(await serveHttp((request, response) => response.end(request.url)))
    const session = caller(port)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => ask(session, { ':path': `/${index}` })),
    )
    expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 100 }, (_, index) => `/${index}`))
  })

  it('gets trailers, and has its own passed on', async () => {
    const service = await serveHttp((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { trailer: 'x-sum' })
        response.write('body')
        response.addTrailers({ 'x-sum': String(request.trailers['x-count']) })
        response.end()
      })
    })
    const { port } = await inFrontOf(service)
    const stream = caller(port).request({ ':method': 'POST', ':path': '/' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-count': '7' }))
    stream.end('hello')
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: 'body', trailers: { 'x-sum': '7' } })
  })

  it('that leaves ends the request at the service', async () => {
    let left = false
    const service = await serveHttp((_request, response) =>
      response.on('close', () => (left = true)).write('a'),
    )
    const { port } = await inFrontOf(service)
    const stream = caller(port).request({ ':path': '/' })
    await once(stream, 'data')
    stream.close(constants.NGHTTP2_CANCEL)
    await eventually(() => left)
    expect(left).toBe(true)
  })

  it('learns of an answer that was cut, and does not take it for whole', async () => {
    const service = await serveRaw((socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')
        setImmediate(() => socket.resetAndDestroy())
      })
    })
    const { port } = await inFrontOf(service, '{ retry: off }')
    const stream = caller(port).request({ ':path': '/' })
    const [error] = (await once(stream.resume(), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ERR_HTTP2_STREAM_ERROR')
  })

  it.each([
    ['two hosts', { ':authority': 'a.example', host: 'b.example' }],
    ['no path', { ':path': 'nonsense' }],
    ['a user in the host', { ':authority': 'a@b' }],
  ])('is refused for %s, and the connection stays', async (_name, headers) => {
    const { port } = await inFrontOf(await serveHttp((_request, response) => response.end()))
    const session = caller(port)
    const refused = await ask(session, headers as OutgoingHttpHeaders).catch((error: Error) => error.message)
    expect(typeof refused === 'string' ? 400 : refused.status).toBe(400)
    expect((await ask(session, {})).status).toBe(200)
  })

  it('may read slowly: the service waits, and the memory holds', async () => {
    const chunk = Buffer.alloc(65_536, 'a')
    const chunks = 512
    let written = 0
    const service = await serveHttp((_request, response) => {
      const more = (): void => {
        while (written < chunks) {
          written += 1
          if (!response.write(chunk)) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    })
    const { port } = await inFrontOf(service)
    const stream = caller(port).request({ ':path': '/' })
    await once(stream, 'response')
    let before = 0
    while (before < written) {
      before = written
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(written).toBeLessThan(chunks)
    let length = 0
    stream.on('data', (data: Buffer) => (length += data.length))
    await once(stream, 'close')
    expect(length).toBe(chunks * chunk.length)
  })

  it('has read the refusal of its upload before it is told to stop sending', async () => {
    const gateway = await inFrontOf(await serveHttp((_request, response) => response.end()))
    // The time after which it is told, and nothing else, stands still.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const session = caller(gateway.port)
      const stream = session.request({ ':method': 'PUT', ':path': '/', 'content-length': String(1e9) })
      const chunk = Buffer.alloc(65_536)
      const more = (): void => void (stream.writable && stream.write(chunk, more))
      more()
      const answered = answerOf(stream)
      await once(stream, 'end')
      // Whatever had been sent behind the answer would have come before the answer to this.
      await new Promise((resolve) => session.ping(resolve))
      expect(stream.closed).toBe(false)
      vi.advanceTimersByTime(1_000)
      expect((await answered).status).toBe(413)
      expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
    } finally {
      vi.useRealTimers()
    }
  })

  it('that opens streams and resets them at once is hung up on', async () => {
    const { port } = await inFrontOf(await serveHttp(() => undefined))
    const session = caller(port)
    await once(session, 'connect')
    const gone = new Promise((resolve) => session.once('close', resolve))
    let opened = 0
    while (opened < 5_000 && !session.destroyed) {
      const streams = Array.from({ length: 20 }, () => session.request({ ':path': '/' }))
      for (const stream of streams) stream.on('error', () => undefined)
      opened += streams.length
      await new Promise((resolve) => setImmediate(resolve))
      for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL)
    }
    await gone
    expect(opened).toBeLessThan(2_000)
  })

  it('is let finish when the proxy drains', async () => {
    let answer: (() => void) | undefined
    const service = await serveHttp((_request, response) => {
      answer = () => response.end('late')
    })
    const gateway = await inFrontOf(service)
    const session = caller(gateway.port)
    const asked = ask(session, {})
    await eventually(() => answer !== undefined)
    const drained = gateway.proxy.drain()
    await once(session, 'goaway')
    answer?.()
    expect(await asked).toMatchObject({ status: 200, body: 'late' })
    await drained
  })
})
