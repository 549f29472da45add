import { expect, it } from 'vitest'
import {
  adaptiveLimit,
  aimd,
  bulkhead,
  circuitBreaker,
  constant,
  pipeline,
  retry,
  timeout,
} from '../../src/index.js'
import { held, never, useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()

it('a call that waited in a queue gives its frame back once, so later calls keep their own results', async () => {
  const call = bulkhead({ concurrency: 1, queue: 1 })
  const gate = held()
  const first = call.execute(async () => {
    await gate.promise
    return 'first'
  })
  const second = call.execute(async () => 'second')
  gate.resolve()
  expect(await Promise.all([first, second])).toEqual(['first', 'second'])
  call.reconfigure({ concurrency: 10 })
  const results = Array.from({ length: 6 }, (_, id) => call.execute(async () => id))
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4, 5])
})

it('a call whose first try threw synchronously and whose second is asynchronous settles once', async () => {
  const call = retry({ attempts: 2, backoff: constant({ ms: 5 }) })
  const first = call.execute(({ attempt }) => {
    if (attempt === 1) throw new Error('first')
    return Promise.resolve('second')
  })
  await time.clock.advance(5)
  expect(await first).toBe('second')
  const results = Array.from({ length: 4 }, (_, id) => call.execute(async () => id))
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3])
})

it('a timeout listener that aborts its call and starts another does not time out the new one', async () => {
  const call = timeout({ ms: 100 })
  const caller = new AbortController()
  const results: Promise<string>[] = []
  call.on('timeout', () => {
    if (results.length > 0) return
    caller.abort(new Error('enough'))
    results.push(call.execute(async () => 'new'))
  })
  const old = call.outcome(() => never, { signal: caller.signal })
  await time.clock.advance(100)
  expect(await old).toMatchObject({ reason: 'abort' })
  expect(await Promise.all(results)).toEqual(['new'])
})

it('an abort by a state listener while an inner timeout goes outward is not lost', async () => {
  const caller = new AbortController()
  const reason = new Error('the caller')
  const breaker = circuitBreaker({ consecutiveFailures: 1 })
  const call = pipeline(retry({ attempts: 3, backoff: constant({ ms: 50 }) }), timeout({ ms: 100 }), breaker)
  breaker.on('state', () => caller.abort(reason))
  let tries = 0
  const outcome = call.outcome(
    () => {
      tries += 1
      return never
    },
    { signal: caller.signal },
  )
  await time.clock.advance(1_000)
  expect(await outcome).toEqual({ ok: false, error: reason, reason: 'abort' })
  expect(tries).toBe(1)
})

it('a listener that makes room while a call is being queued neither loses nor refuses the call', async () => {
  const call = bulkhead({ concurrency: 1, queue: 5, maxWaitMs: 10 })
  const running = call.execute(() => never)
  call.on('queued', () => call.reconfigure({ concurrency: 2, queue: 5, maxWaitMs: 10 }))
  const second = call.execute(() => 'second')
  expect(await second).toBe('second')
  await time.clock.advance(1_000)
  expect([call.running, call.queued]).toEqual([1, 0])
  expect(running).toBeInstanceOf(Promise)
})

it('a long queue of synchronous operations does not exhaust the stack', async () => {
  const queue = 20_000
  const call = bulkhead({ concurrency: 1, queue })
  const gate = held()
  const first = call.execute(() => gate.promise)
  const others = Array.from({ length: queue }, (_, id) => call.execute(() => id))
  gate.resolve()
  await first
  const results = await Promise.all(others)
  expect(results.every((result, id) => result === id)).toBe(true)
  expect([call.running, call.queued]).toEqual([0, 0])
})

it('neither does one behind an adaptive limit', async () => {
  const queue = 20_000
  const call = adaptiveLimit({ algorithm: aimd(), initialLimit: 1, maxLimit: 1, queue })
  const gate = held()
  const first = call.execute(() => gate.promise)
  const others = Array.from({ length: queue }, (_, id) => call.execute(() => id))
  gate.resolve()
  await first
  const results = await Promise.all(others)
  expect(results.every((result, id) => result === id)).toBe(true)
  expect([call.inFlight, call.queued]).toEqual([0, 0])
})

it('a listener that frees a slot while a call joins the queue of an adaptive limit lets that call run', async () => {
  const limits = { algorithm: aimd(), initialLimit: 1, maxLimit: 1, queue: 1, releaseOnTimeout: true }
  const call = adaptiveLimit(limits)
  const caller = new AbortController()
  call.on('queued', () => caller.abort(new Error('enough')))
  const first = call.outcome(() => never, { signal: caller.signal })
  const second = call.execute(() => 'second')
  expect(await first).toMatchObject({ reason: 'abort' })
  expect(await second).toBe('second')
  await time.clock.advance(1_000)
  expect([call.inFlight, call.queued]).toEqual([0, 0])
})

it('a signal read late, after its own try succeeded, is not aborted by a later timeout', async () => {
  const call = timeout({ ms: 100 })
  let signalOfFirst: () => AbortSignal = () => AbortSignal.abort()
  await call.execute(async (context) => {
    signalOfFirst = () => context.signal
  })
  const second = call.outcome(() => never)
  await time.clock.advance(100)
  expect(await second).toMatchObject({ ok: false })
  expect(signalOfFirst().aborted).toBe(false)
})
