import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type Handler, Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { honoIdempotency } from '../../src/idempotency/server/hono.js'
import { createIdempotency, openIdempotencyStore, type NodeHandler } from '../../src/index.js'
import { listen } from './servers.js'

interface Post {
  /** What the server says to a POST with a key, until it ends the connection. */
  (key: string, body?: string): Promise<string>
  open(key: string, body?: string): Socket
  connections(): Promise<number>
}

async function server(handler: NodeHandler): Promise<Post> {
  const idempotency = createIdempotency({
    store: await openIdempotencyStore('memory:'),
    caller: () => 'ann',
    onError: () => {},
  })
  const listening = await listen(createServer(idempotency.listener(handler)))
  onTestFinished(() => listening.close())
  const open = (key: string, body: string = ''): Socket => {
    const socket = connect(Number(new URL(listening.url).port), '127.0.0.1')
    // Reset or ended, it is over.
    socket.on('error', () => {})
    socket.write(
      `POST /charges HTTP/1.1\r\nhost: a\r\nidempotency-key: "${key}"\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    )
    return socket
  }
  const post = async (key: string, body?: string): Promise<string> => {
    const socket = open(key, body)
    let said = ''
    socket.setEncoding('latin1').on('data', (text: string) => (said += text))
    await once(socket, 'close')
    return said
  }
  return Object.assign(post, { open, connections: () => listening.connections() })
}

async function honoServer(handler: Handler): Promise<() => Promise<Response>> {
  const idempotency = createIdempotency({
    store: await openIdempotencyStore('memory:'),
    caller: () => 'ann',
    onError: () => {},
  })
  const app = new Hono()
  app.onError((_error, context) => context.text('failed', 500))
  app.post('/charges', honoIdempotency(idempotency), handler)
  return async () => await app.request('/charges', { method: 'POST', headers: { 'idempotency-key': '"k"' } })
}

test('a handler that declares trailers is answered like any other, and no process ends of it', async () => {
  const post = await server((_request, response) => {
    response.writeHead(200, { trailer: 'x-sum' })
    response.write('charged')
    response.addTrailers({ 'x-sum': '42' })
    response.end()
  })
  for (const answer of [await post('k'), await post('k')])
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\ncharged$/)
})

test.each<[string, NodeHandler]>([
  [
    'fails in the middle of its answer',
    (_request, response) => {
      response.writeHead(200).write('half')
      throw new Error('payment is away')
    },
  ],
  ['ends the connection instead of its answer', (_request, response) => void response.destroy()],
  [
    'ends it later',
    (_request, response) => {
      response.write('half')
      setImmediate(() => response.destroy())
    },
  ],
])(
  'a handler that %s: its caller is not left waiting, and the next try is told at once that nobody knows',
  async (_, handler) => {
    const post = await server(handler)
    expect(await post('k')).toBe('')
    await expect.poll(() => post('k')).toContain('WT_IDEMPOTENCY_OUTCOME_UNKNOWN')
  },
)

test('a handler that ends the connection and works on keeps its key until it is over', async () => {
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  const post = await server(async (_request, response) => {
    response.destroy()
    await gate
  })
  expect(await post('k')).toBe('')
  expect(await post('k')).toContain('WT_IDEMPOTENCY_IN_FLIGHT')
  go()
  await expect.poll(() => post('k')).toContain('WT_IDEMPOTENCY_OUTCOME_UNKNOWN')
})

test('a handler reads the whole body also when its caller has left before: what it answers is kept for the next try', async () => {
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  let hasBegun = false
  const post = await server(async (request, response) => {
    hasBegun = true
    await gate
    let text = ''
    for await (const chunk of request) text += String(chunk)
    response.end(`charged ${text}`)
  })
  const leaving = post.open('k', '12')
  await expect.poll(() => hasBegun).toBe(true)
  leaving.destroy()
  await expect.poll(() => post.connections()).toBe(0)
  go()
  await expect.poll(() => post('k', '12')).toMatch(/charged 12$/)
})

test('a handler of Hono throws what is no error: the next try is told at once that nobody knows', async () => {
  const post = await honoServer(() => {
    // oxlint-disable-next-line no-throw-literal -- as others do
    throw 'payment is away'
  })
  await expect(post()).rejects.toBe('payment is away')
  expect(await (await post()).json()).toMatchObject({ code: 'WT_IDEMPOTENCY_OUTCOME_UNKNOWN' })
})

/** An answer that goes out as it is made: its first part at once, and what `go` is then told. */
function madeLater(): {
  body: ReadableStream<Uint8Array>
  go: (end?: Error) => void
  isWanted: () => boolean
} {
  let made!: ReadableStreamDefaultController<Uint8Array>
  let isWanted = true
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      made = controller
      controller.enqueue(Buffer.from('half'))
    },
    cancel: () => void (isWanted = false),
  })
  const go = (end?: Error): void => (end === undefined ? made.close() : made.error(end))
  return { body, go, isWanted: () => isWanted }
}

const codeOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code: unknown }).code

test.each<[string, Error | undefined, string]>([
  ['is then done', undefined, 'WT_IDEMPOTENCY_ANSWER_NOT_KEPT'],
  ['then breaks off', new Error('payment is away'), 'WT_IDEMPOTENCY_OUTCOME_UNKNOWN'],
])('a stream of events of Hono is in flight until its end, and %s', async (_, end, code) => {
  const { body, go } = madeLater()
  const post = await honoServer(
    () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  )
  const reading = (await post()).text().catch(() => 'broken off')
  expect(await codeOf(await post())).toBe('WT_IDEMPOTENCY_IN_FLIGHT')
  go(end)
  expect(await reading).toBe(end === undefined ? 'half' : 'broken off')
  expect(await codeOf(await post())).toBe(code)
})

test('a stream of events of Hono that nobody reads any more ends, and nobody knows whether it got somewhere', async () => {
  const { body, isWanted } = madeLater()
  const post = await honoServer(
    () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  )
  await (await post()).body?.cancel()
  expect(isWanted()).toBe(false)
  expect(await codeOf(await post())).toBe('WT_IDEMPOTENCY_OUTCOME_UNKNOWN')
})

test('the body of an answer of Hono breaks off: the next try is told at once that nobody knows', async () => {
  const post = await honoServer(() => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('payment is away')),
    })
    return new Response(body, { status: 201, headers: { trailer: 'x-sum' } })
  })
  expect((await post()).status).toBe(500)
  expect(await (await post()).json()).toMatchObject({ code: 'WT_IDEMPOTENCY_OUTCOME_UNKNOWN' })
})
