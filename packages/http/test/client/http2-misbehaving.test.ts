import { constants } from 'node:http2'
import { constant } from '@watertight/policy'
import { afterEach, expect, it } from 'vitest'
import { createFetch, type FetchOptions, type ResilientFetch } from '../../src/index.js'
import {
  ACK,
  DATA,
  END_STREAM,
  type Frame,
  HEADERS,
  PING,
  type RawHttp2Connection,
  rawHttp2Server,
  type RawHttp2Server,
  RST_STREAM,
} from '../raw-http2-server.js'

let server: RawHttp2Server | undefined
let send: ResilientFetch | undefined

afterEach(async () => {
  await send?.destroy()
  await server?.[Symbol.asyncDispose]()
  send = undefined
  server = undefined
})

interface Story {
  /** What the server does with each request, by the number of its connection and its own on it, from 1 on. */
  readonly onRequest?: (connection: RawHttp2Connection, stream: number, place: [number, number]) => void
  readonly onFrame?: (frame: Frame, connection: RawHttp2Connection) => void
  readonly onConnection?: (connection: RawHttp2Connection) => void
  readonly options?: Partial<FetchOptions>
}

const MAX_CONCURRENT_STREAMS = 3
const once = { on: ['refused-stream'], backoff: constant({ ms: 0 }) } as const

async function telling({ onRequest, onFrame, onConnection, options }: Story): Promise<ResilientFetch> {
  server = await rawHttp2Server({
    ...(onConnection && { onConnection }),
    onFrame: (frame, connection) => {
      onFrame?.(frame, connection)
      if (frame.type !== HEADERS) return
      const number = server!.connections.indexOf(connection) + 1
      onRequest?.(connection, frame.stream, [number, (frame.stream + 1) / 2])
    },
  })
  send = createFetch({ endpoints: server.origin, allowH2: 'h2c', retry: false, ...options })
  return send
}

const failing = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)

function framesOf(type: number): readonly Frame[] {
  return server!.connections.flatMap(({ received }) => received.filter((frame) => frame.type === type))
}

it('tells a body as cut that a reset without an error ends too early', async () => {
  const call = await telling({
    onRequest: (connection, stream) => {
      connection.head(stream)
      connection.send(DATA, 0, stream, 'half')
      connection.reset(stream, constants.NGHTTP2_NO_ERROR)
    },
  })
  const response = await call('/')
  expect(await failing(response.text())).toMatchObject({ code: 'WT_RESET' })
  expect(server!.connections).toHaveLength(1)
})

it('tells a body as cut whose connection ends politely in the middle of it', async () => {
  const call = await telling({
    onRequest: (connection, stream) => {
      connection.head(stream)
      connection.send(DATA, 0, stream, 'half')
      connection.socket.end()
    },
  })
  const response = await call('/')
  expect(await failing(response.text())).toMatchObject({ code: 'WT_RESET' })
})

it('does not take a reset without an error for an answer', async () => {
  const call = await telling({
    onRequest: (connection, stream) => connection.reset(stream, constants.NGHTTP2_NO_ERROR),
  })
  expect(await failing(call('/'))).toMatchObject({ code: 'WT_RESET' })
})

it('keeps an answer that came whole before the upload was called off', async () => {
  const call = await telling({
    onRequest: (connection, stream) => {
      connection.answer(stream, 'enough')
      connection.reset(stream, constants.NGHTTP2_NO_ERROR)
    },
  })
  let isReturned = false
  const body = (async function* () {
    try {
      for (;;) yield await new Promise<string>((resolve) => setImmediate(resolve, 'more'))
    } finally {
      isReturned = true
    }
  })()
  const response = await call('/', { method: 'POST', body })
  expect(await response.text()).toBe('enough')
  await expect.poll(() => isReturned).toBe(true)
})

it.each([
  ['REFUSED_STREAM', constants.NGHTTP2_REFUSED_STREAM, 'WT_REFUSED_STREAM'],
  ['CANCEL', constants.NGHTTP2_CANCEL, 'WT_RESET'],
  ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR, 'WT_RESET'],
  ['CONNECT_ERROR', constants.NGHTTP2_CONNECT_ERROR, 'WT_RESET'],
  ['PROTOCOL_ERROR', constants.NGHTTP2_PROTOCOL_ERROR, 'WT_PROTOCOL'],
  ['ENHANCE_YOUR_CALM', constants.NGHTTP2_ENHANCE_YOUR_CALM, 'WT_PROTOCOL'],
  ['a code of its own', 0xbeef, 'WT_RESET'],
])('takes a stream that is reset with %s for what it is', async (_name, reset, code) => {
  const call = await telling({ onRequest: (connection, stream) => connection.reset(stream, reset) })
  expect(await failing(call('/'))).toMatchObject({ code })
  expect(call.endpoints[0]!.active).toBe(0)
})

it.each([
  ['shorter', 'ab'],
  ['longer', 'abcde'],
])('tells a body that is %s than its content-length', async (_what, body) => {
  const call = await telling({
    onRequest: (connection, stream) => {
      connection.head(stream, { 'content-length': '4' })
      connection.send(DATA, END_STREAM, stream, body)
    },
  })
  const outcome = await failing(call('/').then((response) => response.text()))
  expect(outcome).toMatchObject({ code: 'WT_PROTOCOL' })
})

it('sends a POST again that a GOAWAY leaves unseen, and lets those before it end', async () => {
  const call = await telling({
    onRequest: (connection, stream, place) => {
      if (place[0] === 2) return connection.answer(stream, 'second connection')
      if (place[1] < 3) return
      connection.goAway(3, constants.NGHTTP2_NO_ERROR)
      connection.answer(1, 'one')
      connection.answer(3, 'two')
    },
    options: { retry: once },
  })
  const post = (): Promise<string> =>
    call('/', { method: 'POST', body: 'order' }).then((response) => response.text())
  expect(await Promise.all([post(), post(), post()])).toEqual(['one', 'two', 'second connection'])
})

it('knows what was not seen of a GOAWAY that has an error, too', async () => {
  const call = await telling({
    onRequest: (connection, _stream, [, number]) => {
      if (number === 2) connection.goAway(1, constants.NGHTTP2_ENHANCE_YOUR_CALM)
    },
  })
  const ends = await Promise.all([failing(call('/')), failing(call('/'))])
  expect(ends).toMatchObject([{ code: 'WT_PROTOCOL' }, { code: 'WT_REFUSED_STREAM' }])
})

it('opens no stream after the first word of a shutdown, whose last stream is not known yet', async () => {
  const call = await telling({
    onRequest: (connection, stream, [number]) => {
      connection.answer(stream, `connection ${number}`)
      if (number === 1) connection.goAway(2 ** 31 - 1, constants.NGHTTP2_NO_ERROR)
    },
    options: { retry: once },
  })
  const bodies: string[] = []
  for (let time = 0; time < 4; time++) bodies.push(await (await call('/', { method: 'POST' })).text())
  expect(bodies[0]).toBe('connection 1')
  expect(new Set(bodies.slice(1))).toEqual(new Set(['connection 2']))
})

it('gives up a server that takes the connection and never speaks', async () => {
  const call = await telling({ onConnection: () => undefined, options: { timeout: { connectMs: 100 } } })
  expect(await failing(call('/', { method: 'POST', body: 'order' }))).toMatchObject({
    code: 'WT_CONNECT_TIMEOUT',
  })
  expect(framesOf(HEADERS)).toEqual([])
})

it('fails what waits for a server that hangs up before it speaks', async () => {
  const call = await telling({ onConnection: ({ socket }) => socket.end() })
  const ends = await Promise.all([failing(call('/')), failing(call('/'))])
  expect(ends).toMatchObject([{ code: 'WT_CONNECT' }, { code: 'WT_CONNECT' }])
})

it('leaves a connection that has died without a word after the first attempt on it that times out', async () => {
  const call = await telling({
    onRequest: (connection, stream, [number, request]) => {
      if (number === 1 && request > 1) return
      connection.answer(stream, `connection ${number}`)
    },
    options: { timeout: { attemptMs: 1_000, connectMs: 2_000 } },
  })
  expect(await (await call('/')).text()).toBe('connection 1')
  expect(await failing(call('/'))).toMatchObject({ code: 'WT_ATTEMPT_TIMEOUT' })
  // The dead one does not answer the question whether it is there, and gets no further request.
  expect(await (await call('/')).text()).toBe('connection 2')
  expect(framesOf(PING)).toHaveLength(1)
  await expect.poll(() => server!.connections[0]!.socket.closed).toBe(true)
})

it('keeps a connection on which one request hangs while its server answers pings', async () => {
  const call = await telling({
    onFrame: (frame, connection) => {
      if (frame.type === PING && (frame.flags & ACK) === 0) connection.send(PING, ACK, 0, frame.payload)
    },
    onRequest: (connection, stream, [, request]) => {
      if (request !== 2) connection.answer(stream, 'alive')
    },
    options: { timeout: { attemptMs: 1_000 } },
  })
  expect(await (await call('/')).text()).toBe('alive')
  expect(await failing(call('/'))).toMatchObject({ code: 'WT_ATTEMPT_TIMEOUT' })
  await expect.poll(() => framesOf(PING).length).toBe(1)
  await expect.poll(async () => (await call('/')).text()).toBe('alive')
  expect(server!.connections.length).toBeLessThanOrEqual(2)
  expect(server!.connections[0]!.socket.closed).toBe(false)
})

it('asks no server for a sign of life that gives some', async () => {
  const call = await telling({ onRequest: (connection, stream) => connection.answer(stream, 'x') })
  for (let time = 0; time < 20; time++) await (await call('/')).text()
  expect(framesOf(PING)).toEqual([])
})

it('waits for a server that allows no stream at all, and opens no further connection to it', async () => {
  const call = await telling({
    onConnection: (connection) => connection.settings([[MAX_CONCURRENT_STREAMS, 0]]),
    onRequest: (connection, stream) => connection.answer(stream, 'at last'),
  })
  const answer = call('/')
  await expect.poll(() => server!.connections[0]?.received.length).toBeGreaterThan(1)
  server!.connections[0]!.settings([[MAX_CONCURRENT_STREAMS, 1]])
  expect(await (await answer).text()).toBe('at last')
  expect(server!.connections).toHaveLength(1)
})

it('gives a stream back that its reader leaves while the server goes on sending', async () => {
  const call = await telling({
    onConnection: (connection) => connection.settings([[MAX_CONCURRENT_STREAMS, 1]]),
    onRequest: (connection, stream, [, number]) => {
      if (number > 1) return connection.answer(stream, 'next')
      connection.head(stream)
      for (let part = 0; part < 4; part++) connection.send(DATA, 0, stream, 'x'.repeat(16_000))
    },
  })
  const response = await call('/')
  await response.body!.cancel()
  expect(await (await call('/')).text()).toBe('next')
  expect(framesOf(RST_STREAM).map(({ stream }) => stream)).toEqual([1])
  expect(server!.connections).toHaveLength(1)
})

it('passes over trailers, and over answers below 200', async () => {
  const call = await telling({
    onRequest: (connection, stream) => {
      // Status 103 has no place in the table of fields.
      connection.send(HEADERS, 4, stream, Buffer.from([0x08, 0x03, ...Buffer.from('103')]))
      connection.head(stream, { 'x-kind': 'real' })
      connection.send(DATA, 0, stream, 'body')
      connection.trailers(stream, { 'x-checksum': '1' })
    },
  })
  const response = await call('/')
  expect([response.status, response.headers.get('x-kind'), await response.text()]).toEqual([
    200,
    'real',
    'body',
  ])
})

it('loses no POST to a server that has closed an idle connection with a GOAWAY', async () => {
  const call = await telling({
    onRequest: (connection, stream, [number]) => {
      connection.answer(stream, `connection ${number}`)
      connection.goAway(stream, constants.NGHTTP2_NO_ERROR)
      connection.socket.end()
    },
  })
  for (let number = 1; number <= 5; number++) {
    const response = await call('/', { method: 'POST', body: 'order' })
    expect(await response.text()).toBe(`connection ${number}`)
    await expect.poll(() => server!.connections[number - 1]!.socket.readyState).toBe('closed')
  }
})

it('does not wait for a server that has said goodbye and keeps its connection open', async () => {
  const call = await telling({
    onRequest: (connection, stream) => {
      connection.answer(stream, 'last')
      connection.goAway(stream, constants.NGHTTP2_NO_ERROR)
    },
  })
  expect(await (await call('/')).text()).toBe('last')
  await call.destroy()
  await expect.poll(() => server!.connections[0]!.socket.closed).toBe(true)
})
