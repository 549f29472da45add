import { once } from 'node:events'
import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2'
import { expect, it, vi } from 'vitest'
import { http2Callers } from './http2-callers.js'
import { closedAfterEach, gatewayTo, serveHttp } from './running-proxy.js'

// All waits of one length share a timer. In a process of its own this file finds none that was set in real time.

const started = closedAfterEach()
const caller = http2Callers()

async function bodyOf(stream: ClientHttp2Stream): Promise<string> {
  let body = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
  await once(stream, 'close')
  return body
}

it('a stream may be silent for as long as it likes once it is answered, and before that if it speaks gRPC', async () => {
  const service = await started(
    serveHttp((request, response) => {
      if (request.url === '/answered') response.write('a')
      request.once('data', () => setImmediate(() => request.once('data', () => response.end('b'))))
    }),
  )
  const gateway = await started(gatewayTo(service.port, '{ timeout: off }'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const session = caller(gateway.port)
    const open = (headers: OutgoingHttpHeaders): ClientHttp2Stream => {
      const stream = session.request({ ':method': 'POST', ...headers })
      stream.on('error', () => undefined).write('1')
      return stream
    }
    const answered = open({ ':path': '/answered' })
    const grpc = open({ ':path': '/grpc', 'content-type': 'application/grpc' })
    const neither = open({ ':path': '/neither' })
    const [first, second] = [bodyOf(answered), bodyOf(grpc)]
    await once(answered, 'data')
    await new Promise((resolve) => session.ping(resolve))
    vi.advanceTimersByTime(120_000)
    await once(neither, 'close')
    expect(neither.rstCode).toBe(constants.NGHTTP2_CANCEL)
    for (const stream of [answered, grpc]) stream.end('2')
    expect([await first, await second]).toEqual(['ab', 'b'])
  } finally {
    vi.useRealTimers()
  }
})

it('a caller that reads nothing of its answer for half a minute is cut off', async () => {
  const service = await started(serveHttp((_request, response) => response.end(Buffer.alloc(1 << 20))))
  const gateway = await started(gatewayTo(service.port, '{ timeout: off }'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const stream = caller(gateway.port).request({ ':path': '/' })
    stream.on('error', () => undefined)
    await once(stream, 'response')
    const closed = once(stream, 'close')
    await new Promise((resolve) => setImmediate(resolve))
    vi.advanceTimersByTime(40_000)
    stream.resume()
    await closed
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL)
  } finally {
    vi.useRealTimers()
  }
})
