import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameTypes } from '../../src/frames/frame-types.js'
import { goAwayFrame, pingFrame, resetFrame, windowUpdateFrame } from '../../src/frames/frame-head.js'
import { destinationsOf, eventually, type RunningProxy, serveRaw } from '../running-proxy.js'
import { Scene } from '../stories/scene.js'
import { data, frame, FrameCaller, GET, headers, packed, POST } from './frame-caller.js'
import { type Answering, type FrameService, frameService, type ServedFrames } from './frame-service.js'

const scene = new Scene()
const OK = '\x88'
const WINDOW_BYTES_SETTING = 4
const ENHANCE_YOUR_CALM = 11

interface Served {
  readonly service: FrameService
  readonly proxy: RunningProxy
  readonly url: string
}

/** A gateway in front of a service that answers with these frames. */
async function serve(
  answer: Answering,
  {
    policy = ', retry: off',
    settings = [],
  }: { readonly policy?: string; readonly settings?: readonly (readonly [number, number])[] } = {},
): Promise<Served> {
  const service = await scene.add(frameService(answer, settings))
  const proxy = await scene.gateway(service.port, '', ', protocol: h2', policy)
  return { service, proxy, url: `http://127.0.0.1:${proxy.port}` }
}

const answering = (...frames: readonly string[]): Promise<Served> =>
  serve((connection) => connection.send(...frames))

describe('an answer of a service of HTTP/2 is none, and its stream ends with an error,', () => {
  it.each([
    ['without a status', headers(1, packed(['x-a', '1']))],
    ['with two', headers(1, OK + OK)],
    ['with a status behind a header', headers(1, packed(['x-a', '1']) + OK)],
    ['with a status that is no number', headers(1, packed([':status', '2x0']))],
    ['with a field of a request', headers(1, OK + packed([':path', '/']))],
    ['with a name in capitals', headers(1, OK + packed(['X-A', '1']))],
    ['with the end of a line in a value', headers(1, OK + packed(['x-a', '1\r\nx-b: 2']))],
    ['with the end of a line in a name', headers(1, OK + packed(['x\n', '1']))],
    ['with a header of one connection', headers(1, OK + packed(['transfer-encoding', 'chunked']))],
    ['with two lengths', headers(1, OK + packed(['content-length', '1'], ['content-length', '2']))],
    ['with another protocol', headers(1, packed([':status', '101']), false)],
    ['that ends before its head', headers(1, packed([':status', '103']))],
    ['with a body before its head', data(1, 'x')],
    ['that announces what does not come', headers(1, OK + packed(['content-length', '2']))],
  ])('%s', async (_, answer) => {
    const { service, proxy, url } = await serve(({ send, asked }) => {
      send(asked.length === 1 ? answer : headers(asked.at(-1)!, packed([':status', '204'])))
    })
    expect((await fetch(url)).status).toBe(502)
    // Others on the connection are not disturbed.
    expect((await fetch(url)).status).toBe(204)
    expect(service.connections).toHaveLength(1)
    await eventually(() => proxy.lines.length === 2)
    expect(proxy.lines[0]).toMatchObject({ status: 502, flags: expect.stringContaining('UPE') as unknown })
  })

  const LENGTH = packed(['content-length', '4'])

  it.each([
    ['longer than it has announced', OK + LENGTH, data(1, 'longer')],
    ['shorter', OK + LENGTH, data(1, 'x', true)],
    ['with trailers that go on', OK, data(1, 'xy') + headers(1, packed(['x-sum', '1']), false)],
    ['with a status in its trailers', OK, data(1, 'xy') + headers(1, OK)],
  ])('and is cut where it has begun: %s', async (_, head, body) => {
    const { service, url } = await answering(headers(1, head, false) + body)
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow('terminated')
    expect(service.connections[0]!.closed).toBe(false)
  })
})

describe('a connection to a service of HTTP/2 ends, and its requests get 502,', () => {
  it.each([
    ['for a promise', frame(frameTypes.pushPromise, 4, 1, '\0\0\0\x02'), 1],
    ['for an answer to nothing', headers(7, OK), 1],
    ['for data of nothing', data(7, 'x'), 1],
    ['for a reset of nothing', resetFrame(7, 0), 1],
    ['for a window that does not grow', windowUpdateFrame(0, 0), 1],
    ['for a window that is too wide', windowUpdateFrame(0, 2 ** 31 - 1), 3],
    ['for headers that cannot be unpacked', headers(1, '\xff\xff\xff\xff\xff\xff'), 9],
    ['for a frame larger than was allowed', `\0\x40\x01\0\0${'\0'.repeat(4)}`, 6],
    ['for what is HTTP/1.1', 'HTTP/1.1 400 Bad Request\r\n\r\n', 6],
    ['for a flood of questions', pingFrame('12345678', false).repeat(2_000), 11],
  ])('%s', async (_, answer, code) => {
    const { service, proxy, url } = await answering(answer)
    expect((await fetch(url)).status).toBe(502)
    const [connection] = service.connections
    await eventually(() => connection!.closed)
    expect(connection!.goodbye).toBe(code)
    await eventually(() => proxy.lines.length === 1)
    expect(proxy.lines[0]!['detail']).toContain(`code ${code}`)
  })
})

describe('a service of HTTP/2', () => {
  it('that says goodbye before it looks at a request is asked once more, whatever the method, and not for ever', async () => {
    let goodbyes = 1
    const { service, proxy, url } = await serve(({ send }, stream) => {
      goodbyes -= 1
      send(goodbyes >= 0 ? goAwayFrame(0) : headers(stream, OK, false) + data(stream, 'done', true))
    })
    const response = await fetch(url, { method: 'POST', body: 'x' })
    expect([response.status, await response.text(), service.connections.length]).toEqual([200, 'done', 2])
    goodbyes = 100
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(503)
    expect(goodbyes).toBe(98)
    await eventually(() => proxy.lines.length === 2)
    expect(proxy.lines).toMatchObject([
      { status: 200, attempts: 1, flags: '' },
      { status: 503, attempts: 1 },
    ])
  })

  it('whose connections close after two requests each answers all that were sent together, none of them twice', async () => {
    const { service, proxy, url } = await serve(
      (connection, stream) => {
        const { send, asked } = connection
        // Nobody looks at what comes after the goodbye.
        if (asked.length > 2) return
        send(headers(stream, OK, false) + data(stream, 'done', true))
        if (asked.length === 2) send(goAwayFrame(stream))
      },
      { policy: ', retry: off' },
    )
    const calls = Array.from({ length: 12 }, () => fetch(url, { method: 'POST', body: 'x' }))
    const answers = await Promise.all(calls)
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
    const looked = service.connections.map(({ asked }) => Math.min(2, asked.length))
    expect(looked.reduce((sum, one) => sum + one, 0)).toBe(12)
    await eventually(() => proxy.lines.length === 12)
    expect(new Set(proxy.lines.map(({ attempts }) => attempts))).toEqual(new Set([1]))
  })

  it.each([
    ['that has done its share is asked again', 0, 204],
    ['that leaves with an error is asked once more, and not again', ENHANCE_YOUR_CALM, 503],
  ])('%s, by a request that two connections have refused behind others', async (_, code, status) => {
    const answered = packed([':status', '204'])
    const { service, url } = await serve((connection, stream) => {
      const { send, asked } = connection
      const place = service.connections.indexOf(connection)
      // The first of each connection is held until there is one that comes too late.
      const last = place === 0 ? 3 : 2
      if (place === 2) send(headers(stream, answered))
      else if (asked.length === last) send(goAwayFrame(1, code), headers(1, answered))
    })
    const call = async (): Promise<number> => (await fetch(url, { method: 'POST', body: 'x' })).status
    const statuses = [call()]
    for (const asked of [1, 2]) {
      await eventually(() => service.connections[0]?.asked.length === asked)
      statuses.push(call())
    }
    expect(await Promise.all(statuses)).toEqual([204, 204, status])
    expect(service.connections).toHaveLength(status === 204 ? 3 : 2)
  })

  it('that closes before it says how much it takes is given up by all that wait for it, and not by one after the other', async () => {
    const sockets: Socket[] = []
    const mute = await scene.add(serveRaw((socket) => void sockets.push(socket)))
    const proxy = await scene.gateway(mute.port, '', ', protocol: h2', ', retry: off')
    const calls = Array.from({ length: 5 }, () => fetch(`http://127.0.0.1:${proxy.port}`))
    const [destination] = destinationsOf(proxy.proxy)
    await eventually(() => destination!.endpoints.all[0]!.pending === 5)
    sockets[0]!.destroy()
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
    expect(sockets).toHaveLength(1)
  })

  it('that says goodbye is waited for by nobody: requests in the queue get another connection', async () => {
    const { service, url } = await serve(
      ({ send }, stream) => {
        if (service.connections.length > 1) send(headers(stream, packed([':status', '204'])))
      },
      { settings: [[3, 1]], policy: ', retry: off' },
    )
    const first = fetch(url)
    await eventually(() => service.connections[0]?.asked.length === 1)
    const second = fetch(url)
    await eventually(() => service.connections.length === 2)
    expect((await second).status).toBe(204)
    service.connections[0]!.send(goAwayFrame(1), headers(1, packed([':status', '200'])))
    expect((await first).status).toBe(200)
    await eventually(() => service.connections[0]!.closed)
  })

  it('that nobody has asked for a while is told goodbye, and called by another connection', async () => {
    const service = await scene.add(
      frameService(({ send }, stream) => send(headers(stream, packed([':status', '204'])))),
    )
    const { port } = await scene.gateway(service.port, '', ', protocol: h2, connections: { idle: 50ms }')
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(204)
    await eventually(() => service.connections[0]!.closed)
    expect(service.connections[0]!.goodbye).toBe(0)
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(204)
    expect(service.connections).toHaveLength(2)
  })

  it('whose connection closes in the very turn in which a POST comes gets it by another one', async () => {
    const { service, proxy } = await serve(({ send }, stream) =>
      send(headers(stream, packed([':status', '200'], ['content-length', '0']))),
    )
    const caller = scene.caller(proxy, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await caller.until(/\r\n\r\n$/)
    caller.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx')
    service.connections[0]!.end()
    await eventually(() => caller.received.match(/HTTP\/1.1 \d+/g)?.length === 2)
    expect(caller.received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(service.connections.map(({ asked }) => asked.length)).toEqual([1, 1])
  })

  it('takes an upload as fast as its windows let it, of the stream and of the connection', async () => {
    const { service, url } = await serve(() => undefined, { settings: [[WINDOW_BYTES_SETTING, 10_000]] })
    const uploading = fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })
    await eventually(() => service.connections[0]?.bodies.get(1) === 10_000)
    const [connection] = service.connections
    connection!.send(windowUpdateFrame(1, 90_000))
    // The connection's own window is 65,535 until it grows too.
    await eventually(() => connection!.bodies.get(1) === 65_535)
    connection!.send(windowUpdateFrame(0, 50_000))
    await eventually(() => connection!.ended.has(1))
    expect(connection!.bodies.get(1)).toBe(100_000)
    connection!.send(headers(1, packed([':status', '204'])))
    expect((await uploading).status).toBe(204)
  })

  it('that has answered before it has all of an upload is told that no more comes', async () => {
    const { service, url } = await serve(
      ({ send }, stream) => send(headers(stream, packed([':status', '413']))),
      { settings: [[WINDOW_BYTES_SETTING, 10_000]] },
    )
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })
    expect(response.status).toBe(413)
    const [connection] = service.connections
    await eventually(() => connection!.resets.has(1))
    expect([connection!.resets.get(1), connection!.closed]).toEqual([0, false])
  })

  it('gets what HTTP/2 has fields for in them, and nothing of one connection', async () => {
    const { service, proxy } = await answering(headers(1, packed([':status', '204'])))
    const request =
      'OPTIONS /a?b HTTP/1.1\r\nX-A: 1\r\nHost:  b.example \r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n\r\n'
    const caller = scene.caller(proxy, request)
    await eventually(() => caller.received.includes('204'))
    const fields = service.connections[0]!.fields.get(1)!
    expect(fields.slice(0, 5)).toEqual([
      [':method', 'OPTIONS'],
      [':scheme', 'http'],
      [':path', '/a?b'],
      [':authority', 'b.example'],
      ['x-a', '1'],
    ])
    expect(fields.map(([name]) => name).filter((name) => /host|connection|keep|hop/.test(name))).toEqual([])
  })

  it.each<[what: string, after: (connection: ServedFrames) => void]>([
    ['reset its stream without an error', ({ send }) => send(resetFrame(1, 0))],
    ['reset it with one', ({ send }) => send(resetFrame(1, 8))],
    ['close its connection', ({ end }) => end()],
    ['say what is not HTTP/2', ({ send }) => send('nonsense!nonsense!')],
  ])('whose answer is whole may %s while a slow caller still reads', async (_, after) => {
    const part = data(1, 'x'.repeat(16_000))
    const { service, proxy } = await serve((connection) => {
      connection.send(headers(1, OK, false), part.repeat(14), data(1, 'x'.repeat(16_000), true))
      after(connection)
      connection.send(pingFrame('12345678', false))
    })
    const caller = new FrameCaller(proxy.port, [[WINDOW_BYTES_SETTING, 1_000]])
    caller.send(headers(1, GET))
    await eventually(() => caller.bodyBytes(1) === 1_000)
    const [connection] = service.connections
    await eventually(() => connection!.pongs > 0 || connection!.closed)
    caller.send(windowUpdateFrame(1, 300_000), windowUpdateFrame(0, 300_000))
    await eventually(() => caller.isWhole(1) || caller.of(frameTypes.reset, 1).length > 0)
    expect([caller.bodyBytes(1), caller.isWhole(1)]).toEqual([240_000, true])
  })
})

/** Frames of a service as they may go wrong: mostly of kinds and streams that there are. */
const someFrames = fc.array(
  fc.record({
    type: fc.oneof(fc.constantFrom(0, 1, 3, 8), fc.nat(11)),
    flags: fc.oneof(fc.constantFrom(0, 1, 4, 5), fc.nat(255)),
    stream: fc.oneof(fc.constant(1), fc.nat(4)),
    payload: fc.oneof(
      fc.constantFrom('', OK, packed(['x-a', '1']), '\0\0\0\x01', '12345678'),
      fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    ),
  }),
  { maxLength: 8 },
)

it('whatever frames a service answers with, its caller gets an end, and the next one an answer', async () => {
  let answer: string | undefined
  const { url } = await serve(
    ({ send, end }, stream) => {
      if (answer === undefined) return send(headers(stream, packed([':status', '204'])))
      send(answer)
      end()
    },
    { policy: ', retry: off, timeout: { total: 10s }' },
  )
  await fc.assert(
    fc.asyncProperty(someFrames, async (frames) => {
      answer = frames.map(({ type, flags, stream, payload }) => frame(type, flags, stream, payload)).join('')
      const ended = fetch(url).then(async (response) => response.arrayBuffer())
      // Some of them are an answer.
      await ended.catch((error: unknown) => expect(error).toBeInstanceOf(TypeError))
      answer = undefined
      expect((await fetch(url)).status).toBe(204)
    }),
    { numRuns: 150 },
  )
})

it('an answer that is whole is passed on with its trailers, though its service resets the stream behind it', async () => {
  const trailers = packed(['grpc-status', '0'])
  const { proxy } = await serve(({ send, asked, bodies }, stream) => {
    if (asked.length > 1) return send(headers(stream, packed([':status', '204'])))
    // It has seen enough of an upload that goes on.
    const isBegun = (): boolean => (bodies.get(stream) ?? 0) > 0
    void eventually(isBegun).then(() =>
      send(headers(stream, OK, false), data(stream, 'all'), headers(stream, trailers), resetFrame(stream, 0)),
    )
  })
  const caller = new FrameCaller(proxy.port)
  caller.send(headers(1, POST, false), data(1, 'some'))
  await eventually(() => caller.isWhole(1))
  const heads = caller.of(frameTypes.headers, 1)
  expect(heads).toHaveLength(2)
  expect(
    caller
      .of(frameTypes.data, 1)
      .map(({ payload }) => payload.toString())
      .join(''),
  ).toBe('all')
  caller.send(headers(3, GET))
  await eventually(() => caller.isWhole(3))
})

it('a request that its caller gives up before it was sent leaves no stream that was never begun', async () => {
  const { service, proxy } = await serve(({ send }, stream) =>
    send(headers(stream, packed([':status', '204']))),
  )
  const caller = new FrameCaller(proxy.port)
  // In one turn: before there is a connection to the service, and again when there is one.
  caller.send(headers(1, GET), resetFrame(1, 8), headers(3, GET))
  await eventually(() => caller.isWhole(3))
  caller.send(headers(5, GET), resetFrame(5, 8), headers(7, GET))
  await eventually(() => caller.isWhole(7))
  for (const { asked, resets } of service.connections)
    expect([...resets.keys()].filter((stream) => !asked.includes(stream))).toEqual([])
  expect(service.connections).toHaveLength(1)
})
