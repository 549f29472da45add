import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createTelemetry, type Telemetry } from '@watertight/telemetry'
import { expect, it } from 'vitest'
import { createFetch, type ResilientFetch } from '../../src/index.js'
import type { UpstreamStep } from '../../src/testing/index.js'
import { inMemory, inMemoryAmong } from '../in-memory.js'

const HALF = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'

/** Calls and reads, and is not told what came of it. */
async function read(send: ResilientFetch, times = 1): Promise<void> {
  for (let call = 0; call < times; call++) {
    await send('/')
      .then((answer) => answer.text())
      .catch(() => undefined)
  }
}

const requests = (telemetry: Telemetry & { expose(): { body: string } }): string[] =>
  telemetry
    .expose()
    .body.split('\n')
    .filter((line) => line.includes('client_requests_total{'))
    .map((line) => line.replace(/^.*outcome="(\w+)",status="(\d+)"\} (\d+)$/, '$1 $2: $3'))

it.each([
  ['at once', 0],
  ['after a moment', 5],
])(
  'opens the circuit for answers that begin and never end, and counts them as failures: cut %s',
  async (_when, cutMs) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => {
        if (cutMs === 0) socket.end(HALF)
        else socket.write(HALF, () => setTimeout(() => socket.destroy(), cutMs))
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const telemetry = createTelemetry({ service: 's' })
    const send = createFetch({
      name: 'd',
      endpoints: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      retry: false,
      telemetry,
      breaker: { consecutiveFailures: 3 },
    })
    await read(send, 4)
    expect(send.breaker!.state).toBe('open')
    expect(requests(telemetry).toSorted()).toEqual(['failure 200: 3', 'refused 0: 1'])
    await send.destroy()
    server.close()
  },
)

const body = 'x'.repeat(100)
const cut: UpstreamStep = { body, fault: 'cut' }
const stall: UpstreamStep = { body, fault: 'stall' }

it('ejects the endpoint whose answers break off', async () => {
  using test = inMemoryAmong([[cut], [{}]], {
    retry: false,
    balance: 'round-robin',
    ejection: { consecutiveFailures: 2 },
  })
  await read(test.send, 4)
  expect(test.send.endpoints.map(({ ejected }) => ejected)).toEqual([true, false])
})

it('counts a body that falls silent as a failure, in metrics once and for its circuit on top', async () => {
  const telemetry = createTelemetry({ service: 's' })
  const breaker = { window: { calls: 10 }, minimumCalls: 10 }
  using test = inMemory([stall], { retry: false, telemetry, breaker, timeout: { bodyIdleMs: 5_000 } })
  const { send, clock } = test
  const text = (await send('/')).text().catch((error: { code: string }) => error.code)
  await clock.advance(999)
  expect([send.breaker!.metrics.calls, requests(telemetry)]).toEqual([0, []])
  await clock.advance(1)
  expect(send.breaker!.metrics).toMatchObject({ calls: 1, failures: 0 })
  await clock.advance(4_000)
  expect(await text).toBe('WT_BODY_TIMEOUT')
  expect(send.breaker!.metrics).toMatchObject({ calls: 2, failures: 1 })
  expect(requests(telemetry)).toEqual(['failure 200: 1'])
})

it('closes a circuit only when the body of its trial call has come', async () => {
  const breaker = { consecutiveFailures: 1, openForMs: 1_000, halfOpenCalls: 1 }
  using test = inMemory([{ status: 500, times: 1 }, { ...cut, times: 1 }, {}], { retry: false, breaker })
  const { send, clock } = test
  await read(send)
  await clock.advance(1_000)
  await read(send)
  expect(send.breaker!.state).toBe('open')
  await clock.advance(1_000)
  await read(send)
  expect(send.breaker!.state).toBe('closed')
})

it('takes nothing from a trial call whose caller leaves before its body has come, and makes another one', async () => {
  const breaker = { consecutiveFailures: 1, openForMs: 1_000, halfOpenCalls: 1 }
  using test = inMemory([{ status: 500, times: 1 }, { ...stall, times: 1 }, {}], { retry: false, breaker })
  const { send, clock } = test
  await read(send)
  await clock.advance(1_000)
  const caller = new AbortController()
  await send('/', { signal: caller.signal })
  expect([send.breaker!.state, await codeOf(send('/'))]).toEqual(['half-open', 'WT_CIRCUIT_OPEN'])
  caller.abort()
  expect([send.breaker!.state, await codeOf(send('/')), send.breaker!.state]).toEqual([
    'half-open',
    200,
    'closed',
  ])
})

it('takes an answer whose rest is thrown away for what its head says', async () => {
  const telemetry = createTelemetry({ service: 's' })
  using test = inMemory([stall], { retry: false, telemetry, breaker: { window: { calls: 10 } } })
  await (await test.send('/')).body!.cancel()
  await test.clock.advance(500)
  expect(test.send.breaker!.metrics).toMatchObject({ calls: 1, failures: 0 })
  expect(requests(telemetry)).toEqual(['success 200: 1'])
})

async function codeOf(call: Promise<Response>): Promise<unknown> {
  return await call.then(
    ({ status }) => status,
    (error: { code?: unknown }) => error.code,
  )
}
