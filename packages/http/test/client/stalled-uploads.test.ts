import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type VirtualClock, virtualClock } from '@watertight/policy/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFetch, type FetchOptions, RequestError, type ResilientFetch } from '../../src/index.js'

let clock: VirtualClock
let server: Server | undefined
let send: ResilientFetch | undefined
const open = new Set<{ destroy(): void }>()

beforeEach(() => {
  clock = virtualClock()
  clock.install()
})

afterEach(async () => {
  await send?.destroy()
  for (const one of open) one.destroy()
  open.clear()
  server?.close()
  clock[Symbol.dispose]()
})

/** A client of a callee that does this with each connection. */
async function towards(
  connected: (socket: Socket) => void,
  options: Partial<FetchOptions> = {},
): Promise<ResilientFetch> {
  server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    connected(socket)
  }).listen(0, '127.0.0.1')
  return await clientOf(server, options)
}

async function clientOf(of: Server, options: Partial<FetchOptions>): Promise<ResilientFetch> {
  if (!of.listening) await once(of, 'listening')
  const endpoints = `http://127.0.0.1:${(of.address() as AddressInfo).port}`
  send = createFetch({ endpoints, retry: false, breaker: { consecutiveFailures: 1 }, ...options })
  return send
}

const upload = async (fetching: ResilientFetch, body: () => AsyncIterable<Uint8Array>): Promise<unknown> =>
  await fetching('/', { method: 'PUT', body }).then(
    async (answer) => await answer.text(),
    (error: unknown) => error,
  )

/** More than any buffer on the way takes; counts what was taken. */
function endless(): { body: () => AsyncGenerator<Uint8Array>; taken: () => number } {
  let parts = 0
  async function* body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      parts += 1
      yield new Uint8Array(65_536)
    }
  }
  return { body, taken: () => parts }
}

/** Waits until nothing more is taken. */
async function stuck(taken: () => number): Promise<void> {
  const deadline = performance.now() + 10_000
  for (let before = -1; taken() === 0 || before !== taken();) {
    if (performance.now() > deadline) throw new Error('the upload does not come to a halt')
    before = taken()
    await sleep(50)
  }
}

it('ends an upload that a callee takes no more of, and counts it against the callee', async () => {
  const fetching = await towards((socket) => void socket.pause())
  const { body, taken } = endless()
  const failed = upload(fetching, body)
  await stuck(taken)
  await clock.advance(29_999)
  expect(fetching.breaker!.state).toBe('closed')
  await clock.advance(1)
  expect(await failed).toMatchObject({
    code: 'WT_UPLOAD_TIMEOUT',
    failureClass: 'attempt-timeout',
    timeoutMs: 30_000,
    reason: expect.stringMatching(/^http:.* took no more of the request within 30000 ms$/) as string,
  })
  expect(fetching.breaker!.state).toBe('open')
})

it('ends one over HTTP/2, too, whose window stays shut', async () => {
  const http2 = createHttp2Server()
  http2.on('stream', (stream) => stream.on('error', () => undefined))
  http2.on('session', (session) => open.add(session))
  server = http2.listen(0, '127.0.0.1')
  const fetching = await clientOf(server, { allowH2: 'h2c', timeout: { bodyIdleMs: 5_000 } })
  const { body, taken } = endless()
  const failed = upload(fetching, body)
  await stuck(taken)
  await clock.advance(5_000)
  expect(await failed).toMatchObject({ code: 'WT_UPLOAD_TIMEOUT', timeoutMs: 5_000 })
})

it('ends an upload whose own stream falls silent, and counts it against nobody', async () => {
  let received = 0
  const fetching = await towards((socket) => socket.on('data', (data) => (received += data.length)))
  let isLetGo = false
  async function* silent(): AsyncGenerator<Uint8Array> {
    try {
      yield new Uint8Array(1_000)
      await new Promise<void>((resolve) => clock.setTimer(3_600_000, resolve))
    } finally {
      isLetGo = true
    }
  }
  const failed = upload(fetching, silent)
  await expect.poll(() => received).toBeGreaterThan(1_000)
  await clock.advance(30_000)
  const error = await failed
  expect(error).toBeInstanceOf(RequestError)
  expect(error).toMatchObject({
    message: 'cannot send request: the stream of its body gave nothing for 30000 ms',
  })
  expect(fetching.breaker!.state).toBe('closed')
  await clock.advance(3_600_000)
  expect(isLetGo).toBe(true)
})

it('lets an upload take as long as it moves', async () => {
  let received = ''
  const answering = (socket: Socket): void => {
    socket.on('data', (data) => {
      received += String(data)
      if (received.endsWith('0\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone')
    })
  }
  const fetching = await towards(answering, { timeout: { totalMs: Infinity } })
  let sent = 0
  async function* slow(): AsyncGenerator<Uint8Array> {
    for (; sent < 10; sent++) {
      yield Buffer.from(`part ${sent};`)
      await new Promise<void>((resolve) => clock.setTimer(29_000, resolve))
    }
  }
  const answered = upload(fetching, slow)
  for (let part = 0; part < 10; part++) {
    await expect.poll(() => received).toContain(`part ${part};`)
    await clock.advance(29_000)
  }
  expect(await answered).toBe('done')
})

it('lets an upload stand still where that limit is off', async () => {
  const fetching = await towards((socket) => void socket.pause(), { timeout: { bodyIdleMs: Infinity } })
  const caller = new AbortController()
  const { body, taken } = endless()
  const failed = fetching('/', { method: 'PUT', body, signal: caller.signal }).catch(
    (error: unknown) => error,
  )
  await stuck(taken)
  await clock.advance(50_000)
  expect(fetching.endpoints[0]).toMatchObject({ active: 1 })
  caller.abort()
  expect(await failed).toMatchObject({ name: 'AbortError' })
})
