import { connect, createServer, type ServerHttp2Stream } from 'node:http2'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { frameTypes } from '../../src/frames/frame-types.js'
import { resetFrame, windowUpdateFrame } from '../../src/frames/frame-head.js'
import { data, FrameCaller, GET, headers, packed, POST } from '../http2-frames/frame-caller.js'
import { frameService } from '../http2-frames/frame-service.js'
import { eventually, type Running } from '../running-proxy.js'
import { Scene } from './scene.js'

const scene = new Scene()
const INITIAL_WINDOW = 4

const callerOf = async (service: Running, words: string = '', keys: string = ''): Promise<FrameCaller> =>
  new FrameCaller((await scene.gateway(service.port, words, keys, ', retry: off')).port)

/** A service that speaks HTTP/2, and is told of each request. */
async function http2Service(onStream: (stream: ServerHttp2Stream, path: string) => void): Promise<Running> {
  const server = createServer()
  server.on('session', (session) => onTestFinished(() => session.destroy()))
  server.on('stream', (stream, { ':path': path }) => {
    stream.on('error', () => undefined)
    onStream(stream, path!)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return scene.add(Promise.resolve({ port, close: () => server.close() }))
}

/** A service that answers each request with these frames. */
const framesService = (answer: string): Promise<Running> =>
  scene.add(frameService((connection) => connection.send(answer)))

describe('over HTTP/2', () => {
  it('the bodies of requests that are over do not use up the window of their connection', async () => {
    const service = await scene.answering('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n')
    const caller = await callerOf(service)
    const part = 'x'.repeat(16_000)
    const streams = Array.from({ length: 40 }, (_, index) => 2 * index + 1)
    for (const n of streams) caller.send(headers(n, POST, false), data(n, part).repeat(9))
    for (const n of streams) await caller.until(frameTypes.reset, n)
    // What was on its way when the requests ended.
    for (const n of streams) caller.send(data(n, part).repeat(6))
    caller.send(headers(81, GET))
    expect(await caller.statusOf(81)).toBe('413')
    expect(caller.of(frameTypes.goAway)).toEqual([])
    const given = caller
      .of(frameTypes.windowUpdate, 0)
      .reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0)
    expect(given).toBeGreaterThan(8 << 20)
  })

  it('the heads of answers may be larger than a frame', async () => {
    const large = 'x'.repeat(7_000)
    const lines = ['a', 'b', 'c', 'd'].map((name) => `x-${name}: ${large}\r\n`).join('')
    const service = await scene.answering(`HTTP/1.1 200 OK\r\n${lines}Content-Length: 2\r\n\r\nok`)
    const { port } = await scene.gateway(service.port)
    const session = connect(`http://127.0.0.1:${port}`)
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':path': '/' })
    const [told] = (await once(stream, 'response')) as [Record<string, string>]
    expect(['x-a', 'x-b', 'x-c', 'x-d'].map((name) => told[name])).toEqual([large, large, large, large])
    stream.resume()
    await once(stream, 'end')
  })

  it('cookies of many kilobytes, each in a field of its own, arrive as one line', async () => {
    const service = await scene.answering('HTTP/1.1 204 No Content\r\n\r\n')
    const caller = await callerOf(service)
    const cookies = Array.from({ length: 90 }, (_, index): [string, string] => [
      'cookie',
      `c${index}=${'v'.repeat(100)}`,
    ])
    caller.send(headers(1, GET + packed(...cookies)))
    expect(await caller.statusOf(1)).toBe('204')
    const [line] = service.connections[0]!.received.match(/^cookie: .*$/m)!
    expect(line).toBe(`cookie: ${cookies.map(([, value]) => value).join('; ')}`)
  })

  it('more headers than are allowed are answered with 431, which the log tells', async () => {
    const service = await scene.answering('HTTP/1.1 204 No Content\r\n\r\n')
    const proxy = await scene.gateway(service.port)
    const caller = new FrameCaller(proxy.port)
    const many = Array.from({ length: 120 }, (_, index): [string, string] => [`x-${index}`, '1'])
    caller.send(headers(1, GET + packed(...many)))
    expect(await caller.statusOf(1)).toBe('431')
    caller.send(headers(3, GET + packed(['connection', 'close'])))
    expect(await caller.statusOf(3)).toBe('400')
    await eventually(() => proxy.lines.length === 2)
    expect(proxy.lines).toMatchObject([
      { status: 431, flags: 'DPE' },
      { status: 400, flags: 'DPE', detail: expect.stringContaining('malformed') as unknown },
    ])
  })

  it('trailers wait for a body that waits for its window', async () => {
    const body = 'x'.repeat(16_384)
    const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4000\r\n${body}\r\n0\r\nx-sum: 7\r\n\r\n`
    const caller = new FrameCaller((await scene.gateway((await scene.answering(chunked)).port)).port, [
      [INITIAL_WINDOW, 16_000],
    ])
    caller.send(headers(1, GET))
    await eventually(() => caller.bodyBytes(1) === 16_000)
    expect(caller.of(frameTypes.headers, 1)).toHaveLength(1)
    caller.send(windowUpdateFrame(1, 384))
    await eventually(() => caller.isWhole(1))
    expect([caller.bodyBytes(1), caller.of(frameTypes.headers, 1).length]).toEqual([body.length, 2])
    expect(caller.frames.at(-1)).toMatchObject({ type: frameTypes.headers, flags: 5 })
  })

  it('a caller that gives up at once disturbs nobody else on the connection to the service', async () => {
    const service = await http2Service((stream, path) => {
      if (path === '/quick') stream.respond({ ':status': 204 }, { endStream: true })
    })
    const caller = await callerOf(service, '', ', protocol: h2')
    const quick = `\x82\x86${packed([':path', '/quick'], [':authority', 'a'])}`
    caller.send(headers(1, quick))
    expect(await caller.statusOf(1)).toBe('204')
    for (let n = 3; n < 103; n += 4) caller.send(headers(n, GET), resetFrame(n, 8), headers(n + 2, quick))
    for (let n = 5; n < 105; n += 4) expect([n, await caller.statusOf(n)]).toEqual([n, '204'])
  })

  it.each([
    ['whole', 'its trailers are there', data(1, 'part') + headers(1, packed(['grpc-status', '0'])), POST],
    ['whole', 'its end is there', data(1, 'part', true), POST],
    ['cut', 'its end is not', data(1, 'part'), POST],
    ['cut', 'less is there than it has said', data(1, 'part'), GET],
  ])('an answer whose stream is reset without an error is %s where %s', async (outcome, _, answer, asked) => {
    const head = '\x88' + (asked === GET ? packed(['content-length', '9']) : '')
    const service = await framesService(headers(1, head, false) + answer + resetFrame(1, 0))
    const caller = await callerOf(service, '', ', protocol: h2')
    caller.send(headers(1, asked, asked === GET), asked === GET ? '' : data(1, 'x'))
    await eventually(() => caller.isWhole(1) || caller.of(frameTypes.reset, 1).length > 0)
    expect(caller.isWhole(1) ? 'whole' : 'cut').toBe(outcome)
    const trailers = caller.of(frameTypes.headers, 1).length - 1
    expect(trailers).toBe(answer.includes('grpc-status') ? 1 : 0)
  })

  it('trailers that a service announces and does not send are missed by nobody', async () => {
    const chunked =
      'HTTP/1.1 200 OK\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'
    const caller = await callerOf(await scene.answering(chunked))
    caller.send(headers(1, GET))
    await eventually(() => caller.isWhole(1))
    expect(caller.bodyBytes(1)).toBe(2)
  })

  it('a request without a body may say so', async () => {
    const service = await scene.answering('HTTP/1.1 204 No Content\r\n\r\n')
    const caller = await callerOf(service)
    caller.send(headers(1, GET + packed(['content-length', '0'])))
    expect(await caller.statusOf(1)).toBe('204')
    expect(service.connections[0]!.received).not.toMatch(/transfer-encoding/i)
  })
})
