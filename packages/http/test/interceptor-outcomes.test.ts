import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { virtualClock } from '@watertight/policy/testing'
import { Agent, type Dispatcher, fetch as undiciFetch, request } from 'undici'
import { expect, it } from 'vitest'
import { type InterceptorOptions, watertightInterceptor } from '../src/index.js'

const HALF = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'

interface Bed {
  readonly url: string
  readonly dispatcher: Dispatcher
  /** Requests that arrived. */
  readonly requests: () => number
}

/** A callee that does with its n-th request what it is told. */
async function answering(
  answer: (socket: Socket, nth: number) => void,
  breaker: InterceptorOptions['breaker'],
  use: (bed: Bed) => Promise<void>,
  agentOptions: Agent.Options = {},
): Promise<void> {
  let count = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => answer(socket, (count += 1)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const agent = new Agent(agentOptions)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const dispatcher = agent.compose(watertightInterceptor({ retry: false, breaker }))
  await use({ url, dispatcher, requests: () => count })
  await agent.destroy()
  server.close()
}

const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(
    () => 'no error',
    (error: { code?: unknown }) => error.code,
  )

async function read(dispatcher: Dispatcher, url: string): Promise<unknown> {
  return await codeOf(request(url, { dispatcher }).then(async ({ body }) => await body.text()))
}

it.each([
  ['at once', (socket: Socket) => void socket.end(HALF)],
  ['after a moment', (socket: Socket) => void socket.write(HALF, () => setImmediate(() => socket.destroy()))],
])('opens the circuit of an origin whose answers begin and break off %s', async (_when, cut) => {
  await answering(cut, { consecutiveFailures: 3 }, async ({ dispatcher, url, requests }) => {
    for (let call = 0; call < 3; call++) expect(await read(dispatcher, url)).toBe('WT_RESET')
    expect(await read(dispatcher, url)).toBe('WT_CIRCUIT_OPEN')
    expect(requests()).toBe(3)
  })
})

it('opens the circuit for a fetch, too, whose answers break off', async () => {
  const cut = (socket: Socket): void => void socket.end(HALF)
  await answering(cut, { consecutiveFailures: 3 }, async ({ dispatcher, url, requests }) => {
    const fetched = async (): Promise<unknown> => (await undiciFetch(url, { dispatcher })).text()
    for (let call = 0; call < 3; call++) await expect(fetched()).rejects.toThrow('terminated')
    await expect(fetched()).rejects.toMatchObject({ cause: { code: 'WT_CIRCUIT_OPEN' } })
    expect(requests()).toBe(3)
  })
})

it('opens the circuit for answers that fall silent, by the limit of the dispatcher', async () => {
  const stall = (socket: Socket): void => void socket.write(HALF)
  const use = async ({ dispatcher, url }: Bed): Promise<void> => {
    expect(await read(dispatcher, url)).toBe('WT_BODY_TIMEOUT')
    expect(await read(dispatcher, url)).toBe('WT_CIRCUIT_OPEN')
  }
  await answering(stall, { consecutiveFailures: 1 }, use, { bodyTimeout: 20 })
})

it('closes a circuit only when the body of its trial call has come', async () => {
  using clock = virtualClock()
  clock.install()
  const answers = [
    'HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
    HALF,
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  ]
  const breaker = { consecutiveFailures: 1, openForMs: 1_000, halfOpenCalls: 1 }
  const answer = (socket: Socket, nth: number): void => void socket.end(answers[nth - 1]!)
  await answering(answer, breaker, async ({ dispatcher, url, requests }) => {
    expect(await read(dispatcher, url)).toBe('no error')
    await clock.advance(1_000)
    expect(await read(dispatcher, url)).toBe('WT_RESET')
    expect(await read(dispatcher, url)).toBe('WT_CIRCUIT_OPEN')
    await clock.advance(1_000)
    expect(await read(dispatcher, url)).toBe('no error')
    expect(requests()).toBe(3)
  })
})

it('takes an answer whose rest is left for what its head says, and nothing from one that is given up', async () => {
  using clock = virtualClock()
  clock.install()
  const failure = 'HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'
  const breaker = { consecutiveFailures: 1, openForMs: 1_000, halfOpenCalls: 1 }
  const answer = (socket: Socket, nth: number): void => {
    if (nth === 1) socket.end(failure)
    else socket.write(HALF)
  }
  await answering(answer, breaker, async ({ dispatcher, url }) => {
    await read(dispatcher, url)
    await clock.advance(1_000)
    const caller = new AbortController()
    const given = await request(url, { dispatcher, signal: caller.signal })
    expect(await read(dispatcher, url)).toBe('WT_CIRCUIT_OPEN')
    caller.abort()
    await expect(given.body.text()).rejects.toThrow('aborted')
    const left = await request(url, { dispatcher })
    expect(await read(dispatcher, url)).toBe('WT_CIRCUIT_OPEN')
    left.body.on('error', () => undefined).destroy()
    const after = await request(url, { dispatcher })
    expect(after.statusCode).toBe(200)
    after.body.on('error', () => undefined).destroy()
  })
})

it('counts a stream that runs on after a second, so that it keeps no circuit half-open', async () => {
  using clock = virtualClock()
  clock.install()
  const failure = 'HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'
  const breaker = { consecutiveFailures: 1, openForMs: 5_000, halfOpenCalls: 1 }
  const answer = (socket: Socket, nth: number): void => {
    if (nth === 1) socket.end(failure)
    else socket.write(HALF)
  }
  await answering(answer, breaker, async ({ dispatcher, url }) => {
    await read(dispatcher, url)
    await clock.advance(5_000)
    const stream = await request(url, { dispatcher })
    expect(await read(dispatcher, url)).toBe('WT_CIRCUIT_OPEN')
    await clock.advance(1_000)
    const next = await request(url, { dispatcher })
    for (const { body } of [stream, next]) body.on('error', () => undefined).destroy()
  })
})
