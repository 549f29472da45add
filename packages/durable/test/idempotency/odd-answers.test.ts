import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { honoIdempotency } from '../../src/idempotency/server/hono.js'
import { createIdempotency, openIdempotencyStore, type NodeHandler } from '../../src/index.js'

/** What a server says to a POST with a key, until it ends the connection. */
async function server(handler: NodeHandler): Promise<(key: string) => Promise<string>> {
  const idempotency = createIdempotency({
    store: await openIdempotencyStore('memory:'),
    caller: () => 'ann',
    onError: () => {},
  })
  const listening = createServer(idempotency.listener(handler)).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(async () => {
    listening.closeAllConnections()
    listening.close()
    await once(listening, 'close')
  })
  return async (key) => {
    const socket = connect((listening.address() as AddressInfo).port, '127.0.0.1')
    let said = ''
    socket.setEncoding('latin1').on('data', (text: string) => (said += text))
    // Reset or ended, it is over.
    socket.on('error', () => {})
    socket.write(
      `POST /charges HTTP/1.1\r\nhost: a\r\nidempotency-key: "${key}"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    )
    await once(socket, 'close')
    return said
  }
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

test('the body of an answer of Hono breaks off: the next try is told at once that nobody knows', async () => {
  const idempotency = createIdempotency({
    store: await openIdempotencyStore('memory:'),
    caller: () => 'ann',
    onError: () => {},
  })
  const app = new Hono()
  app.onError((_error, context) => context.text('failed', 500))
  app.post('/charges', honoIdempotency(idempotency), () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('payment is away')),
    })
    return new Response(body, { status: 201, headers: { trailer: 'x-sum' } })
  })
  const post = async (): Promise<Response> =>
    await app.request('/charges', { method: 'POST', headers: { 'idempotency-key': '"k"' } })
  expect((await post()).status).toBe(500)
  expect(await (await post()).json()).toMatchObject({ code: 'WT_IDEMPOTENCY_OUTCOME_UNKNOWN' })
})
