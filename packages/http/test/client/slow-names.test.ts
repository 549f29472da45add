import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { inMemory } from '../in-memory.js'

const endpoints = 'http://orders.test'
const never = (): Promise<string[]> => new Promise(() => undefined)

/** Names that are resolved when the test says so. */
function heldNames(): { lookup: () => Promise<string[]>; answers: ((addresses: string[]) => void)[] } {
  const answers: ((addresses: string[]) => void)[] = []
  return { answers, lookup: () => new Promise((resolve) => answers.push(resolve)) }
}

const codeOf = (call: Promise<Response>): Promise<unknown> =>
  call.then(
    ({ status }) => status,
    (error: { code?: unknown; name: string }) => error.code ?? error.name,
  )

it.each([
  ['connect', { connectMs: 100, totalMs: 200 }, 100, 'WT_CONNECT_TIMEOUT'],
  ['make an attempt', { attemptMs: 100, totalMs: 200 }, 100, 'WT_CONNECT_TIMEOUT'],
  ['be over', { connectMs: 300, totalMs: 200 }, 200, 'WT_TIMEOUT'],
] as const)(
  'waits for a name that nobody resolves no longer than a call has to %s',
  async (_what, timeout, afterMs, code) => {
    using test = inMemory([{}], { endpoints, retry: false, resolve: { lookup: never }, timeout })
    let end: unknown = 'waits'
    void codeOf(test.send('/')).then((ended) => (end = ended))
    await test.clock.advance(afterMs - 1)
    expect(end).toBe('waits')
    await test.clock.advance(1)
    expect(end).toBe(code)
  },
)

it('waits for a name that nobody resolves no longer than its caller does, limits or none', async () => {
  using test = inMemory([{}], { endpoints, resolve: { lookup: never }, timeout: false })
  const caller = new AbortController()
  const call = test.send('/', { signal: caller.signal })
  await test.clock.advance(3_600_000)
  caller.abort(new Error('gone'))
  await expect(call).rejects.toThrow('gone')
  expect(getEventListeners(caller.signal, 'abort')).toEqual([])
})

it('opens the circuit of a name that nobody resolves, and closes it when it is resolved after all', async () => {
  const { lookup, answers } = heldNames()
  const breaker = { consecutiveFailures: 2, openForMs: 1_000, halfOpenCalls: 1 }
  using test = inMemory([{}], {
    endpoints,
    retry: false,
    resolve: { lookup },
    breaker,
    timeout: { connectMs: 100 },
  })
  const [first, second] = [codeOf(test.send('/')), codeOf(test.send('/'))]
  await test.clock.advance(100)
  expect([await first, await second]).toEqual(['WT_CONNECT_TIMEOUT', 'WT_CONNECT_TIMEOUT'])
  expect(await codeOf(test.send('/'))).toBe('WT_CIRCUIT_OPEN')
  answers[0]!(['10.0.0.1'])
  await test.clock.advance(1_000)
  expect(await codeOf(test.send('/'))).toBe(200)
  expect([test.send.breaker!.state, answers.length]).toEqual(['closed', 1])
})

it('asks again for a name that nobody has answered, and keeps what the later look-up found', async () => {
  const { lookup, answers } = heldNames()
  using test = inMemory([{}], { endpoints, resolve: { lookup, intervalMs: 1_000 }, timeout: false })
  const early = test.send('/')
  await test.clock.advance(9_999)
  const waiting = [early, test.send('/')]
  expect(answers).toHaveLength(1)
  await test.clock.advance(1)
  waiting.push(test.send('/'))
  expect(answers).toHaveLength(2)
  answers[1]!(['10.0.0.2'])
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200])
  answers[0]!(['10.0.0.1'])
  await test.clock.advance(0)
  expect(test.send.endpoints.map(({ origin }) => origin)).toEqual(['http://10.0.0.2'])
})

it('goes on with the addresses that it knows while a later look-up hangs', async () => {
  const { lookup, answers } = heldNames()
  using test = inMemory([{}], { endpoints, resolve: { lookup, intervalMs: 1_000 }, timeout: false })
  const first = test.send('/')
  answers[0]!(['10.0.0.1'])
  expect((await first).status).toBe(200)
  await test.clock.advance(60_000)
  expect((await test.send('/')).status).toBe(200)
  expect([answers.length, test.send.endpoints[0]!.origin]).toEqual([2, 'http://10.0.0.1'])
})

it('ends the calls that wait for a name when the client is destroyed', async () => {
  using test = inMemory([{}], { endpoints, retry: false, resolve: { lookup: never }, timeout: false })
  const call = codeOf(test.send('/'))
  await test.clock.advance(0)
  await test.send.destroy()
  expect(await call).toBe('WT_CLOSED')
})
