import { once } from 'node:events'
import {
  connect,
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually, gateway, type RunningProxy } from './running-proxy.js'

const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Service {
  readonly server: Http2Server
  readonly sessions: ServerHttp2Session[]
  readonly proxy: RunningProxy
  readonly url: string
}

/** A gateway in front of a service that speaks HTTP/2, which callers reach by HTTP/1.1. */
async function serve(
  answer: (stream: ServerHttp2Stream, path: string) => void,
  {
    policy = 'retry: off',
    streamsMax = 100,
  }: { readonly policy?: string; readonly streamsMax?: number } = {},
): Promise<Service> {
  const sessions: ServerHttp2Session[] = []
  const server = createServer({ settings: { maxConcurrentStreams: streamsMax } })
  server.on('session', (session) => sessions.push(session))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    answer(stream, String(headers[':path']))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const proxy = await gateway(`watertight: v1
system: test
services: { up: { port: ${port}, protocol: h2 } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, ${policy} }] }`)
  closing.push(() => {
    proxy.close()
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { server, sessions, proxy, url: `http://127.0.0.1:${proxy.port}` }
}

function reply(stream: ServerHttp2Stream, body: string): void {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' })
  stream.end(body)
}

describe('a service that speaks HTTP/2', () => {
  it('answers callers that speak HTTP/1.1, bodies both ways', async () => {
    const { url } = await serve((stream) => {
      let body = ''
      stream.on('data', (chunk: Buffer) => (body += String(chunk)))
      stream.on('end', () => reply(stream, `got ${body}`))
    })
    const response = await fetch(`${url}/a`, { method: 'POST', body: 'x'.repeat(100_000) })
    expect([response.status, (await response.text()).length]).toEqual([200, 100_004])
  })

  it('gets as many connections as its requests need, and no more', async () => {
    const waiting: ServerHttp2Stream[] = []
    const { url, sessions } = await serve((stream) => waiting.push(stream), { streamsMax: 10 })
    const first = fetch(url)
    await eventually(() => waiting.length === 1)
    const others = Array.from({ length: 24 }, () => fetch(url))
    await eventually(() => waiting.length === 25)
    expect(sessions.length).toBe(3)
    for (const stream of waiting) reply(stream, 'ok')
    const answers = await Promise.all([first, ...others])
    expect(answers.every(({ status }) => status === 200)).toBe(true)
  })

  it('gets a hundred requests at one time on a connection at most, whatever more it allows', async () => {
    const waiting: ServerHttp2Stream[] = []
    const { url, sessions } = await serve((stream) => waiting.push(stream), { streamsMax: 1_000 })
    const first = fetch(url)
    await eventually(() => waiting.length === 1)
    const others = Array.from({ length: 109 }, () => fetch(url))
    await eventually(() => waiting.length === 110)
    expect(sessions.length).toBe(2)
    for (const stream of waiting) reply(stream, 'ok')
    expect((await Promise.all([first, ...others])).every(({ status }) => status === 200)).toBe(true)
  })

  it('sends little of an answer ahead of a caller that does not read', async () => {
    let bytesSent = 0
    const part = Buffer.alloc(16_384)
    const { url } = await serve((stream, path) => {
      if (path === '/quick') return reply(stream, 'quick')
      stream.respond({ ':status': 200 })
      const more = (): void => {
        stream.write(part, (error) => {
          if (error) return
          bytesSent += part.length
          more()
        })
      }
      more()
    })
    const caller = connect(url, { settings: { initialWindowSize: 65_535 } })
    closing.push(() => caller.destroy())
    const slow = caller.request({ ':path': '/' })
    slow.on('error', () => undefined)
    await once(slow, 'response')
    await eventually(() => bytesSent > 200_000)
    const quick = await fetch(`${url}/quick`)
    expect(await quick.text()).toBe('quick')
    let before = 0
    await eventually(async () => {
      before = bytesSent
      await new Promise((resolve) => setTimeout(resolve, 100))
      return bytesSent === before
    })
    // The windows of both sides, and what waits between them.
    expect(bytesSent).toBeLessThan(600_000)
  })

  it('that says GOAWAY ends what it has begun, and the next request goes to another connection', async () => {
    const waiting: ServerHttp2Stream[] = []
    const { url, sessions } = await serve((stream, path) => {
      if (path === '/slow') waiting.push(stream)
      else reply(stream, 'next')
    })
    const slow = fetch(`${url}/slow`)
    await eventually(() => waiting.length === 1)
    sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR)
    const next = await fetch(`${url}/next`)
    expect(await next.text()).toBe('next')
    reply(waiting[0]!, 'slow')
    expect(await (await slow).text()).toBe('slow')
    expect(sessions.length).toBe(2)
  })

  it('that refuses a stream is asked again, whatever the method: nothing was done', async () => {
    let calls = 0
    const { url } = await serve(
      (stream) => {
        calls += 1
        if (calls === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM)
        else reply(stream, 'done')
      },
      { policy: 'retry: { attempts: 2, on: [refused-stream], backoff: { initial: 1ms } }' },
    )
    const response = await fetch(url, { method: 'POST', body: 'x' })
    expect([response.status, await response.text(), calls]).toEqual([200, 'done', 2])
  })

  it.each([
    ['refuses', constants.NGHTTP2_REFUSED_STREAM],
    ['resets', constants.NGHTTP2_INTERNAL_ERROR],
  ])('that %s a stream is told of by UR, for its connection goes on', async (_what, code) => {
    const service = await serve((stream, path) =>
      path === '/ends' ? stream.close(code) : reply(stream, 'ok'),
    )
    expect((await fetch(`${service.url}/ends`)).status).toBe(503)
    expect((await fetch(service.url)).status).toBe(200)
    expect(service.proxy.lines).toMatchObject([
      { status: 503, flags: 'UR' },
      { status: 200, flags: '' },
    ])
    expect(service.sessions).toHaveLength(1)
  })

  it('that resets a stream in its answer is not taken for one that ended', async () => {
    const { url } = await serve((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('half')
      setImmediate(() => stream.destroy(new Error('broken')))
    })
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow('terminated')
  })

  it('answers without a body, and with trailers', async () => {
    const { url } = await serve((stream, path) => {
      if (path === '/none') return stream.respond({ ':status': 204 }, { endStream: true })
      if (path === '/empty') return stream.respond({ ':status': 200 }, { endStream: true })
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
      stream.end('body')
    })
    expect((await fetch(`${url}/none`)).status).toBe(204)
    expect(await (await fetch(`${url}/empty`)).text()).toBe('')
    expect(await (await fetch(`${url}/trailers`)).text()).toBe('body')
    expect((await fetch(`${url}/none`, { method: 'HEAD' })).status).toBe(204)
  })

  it('hears of a caller that has left', async () => {
    let code = 0
    const { url } = await serve((stream) => stream.on('close', () => (code = stream.rstCode)))
    const leaving = new AbortController()
    const asked = fetch(url, { signal: leaving.signal }).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 50))
    leaving.abort()
    await asked
    await eventually(() => code !== 0)
    expect(code).toBe(constants.NGHTTP2_CANCEL)
  })

  it('that nobody can reach is said to be so', async () => {
    const { server, url, sessions } = await serve((stream) => reply(stream, 'ok'))
    expect((await fetch(url)).status).toBe(200)
    for (const session of sessions) session.destroy()
    server.close()
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([503, 'upstream connect error'])
  })
})
