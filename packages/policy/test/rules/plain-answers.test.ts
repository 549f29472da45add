import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  bulkhead,
  circuitBreaker,
  constant,
  fallback,
  hedge,
  pipeline,
  rateLimit,
  retry,
  timeout,
  type Snapshot,
} from '../../src/index.js'
import { recordEvents, virtualClock, type VirtualClock } from '../../src/testing/index.js'

const failing = (): never => {
  throw new Error('down')
}

let clock: VirtualClock
let restore: () => void

beforeEach(() => {
  clock = virtualClock()
  restore = clock.install()
})
afterEach(() => {
  restore()
})

describe('a time window', () => {
  it('forgets old failures although nobody called for an hour', async () => {
    const breaker = circuitBreaker({ window: { durationMs: 5_000 }, minimumCalls: 5, failureRate: 0.5 })
    for (let call = 0; call < 4; call++) await breaker.outcome(failing)
    await clock.advance(3_600_000)
    await breaker.outcome(failing)
    expect(breaker.state).toBe('closed')
  })
})

describe('a snapshot', () => {
  it('restores an open circuit for the time that was left of it, whatever the new monotonic clock says', async () => {
    const options = { consecutiveFailures: 1, openForMs: 30_000 }
    const before = circuitBreaker(options)
    await before.outcome(failing)
    const snapshot = JSON.parse(JSON.stringify(before.snapshot())) as Snapshot
    restore()
    // Another process, ten seconds of wall time later, whose monotonic clock has just begun.
    clock = virtualClock({ startMs: 0, wallStartMs: clock.wallNow() + 10_000 })
    restore = clock.install()
    const after = circuitBreaker(options)
    after.restore(snapshot)
    await clock.advance(19_999)
    expect(await after.outcome(() => 'up')).toMatchObject({ ok: false, reason: 'refusal' })
    await clock.advance(1)
    expect(await after.outcome(() => 'up')).toMatchObject({ ok: true, value: 'up' })
  })
})

describe('a listener that throws', () => {
  it('changes no outcome, starts no second call, and is reported once', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const call = pipeline(retry({ attempts: 3, backoff: constant({ ms: 0 }) }), circuitBreaker())
    const operation = vi.fn<() => string>(() => 'done')
    call.on('success', () => {
      throw new Error('listener')
    })
    expect(await call.execute(operation)).toBe('done')
    expect(await call.execute(operation)).toBe('done')
    expect(operation).toHaveBeenCalledTimes(2)
    expect(report).toHaveBeenCalledOnce()
    report.mockRestore()
  })
})

describe('every policy', () => {
  const policies = () => [
    fallback({ value: 'other' }),
    timeout({ ms: 100 }),
    retry(),
    circuitBreaker(),
    bulkhead({ concurrency: 1 }),
    rateLimit({ limit: 10, perMs: 1_000 }),
    hedge({ delayMs: 10 }),
  ]

  it('takes a synchronous result, undefined included, as a success', async () => {
    for (const policy of [...policies(), pipeline(...policies())]) {
      const { name } = policy
      const outcome = await policy.outcome(() => undefined)
      expect({ name, outcome }).toEqual({ name, outcome: { ok: true, value: undefined, fallback: false } })
      expect({ name, value: await policy.execute(() => 7) }).toEqual({ name, value: 7 })
    }
  })

  it('emits nothing while a pipeline that holds it is idle', async () => {
    const parts = policies()
    const events = parts.map((policy) => recordEvents(policy))
    const whole = recordEvents(pipeline(...parts))
    await clock.advance(3_600_000)
    expect([...events, whole].flatMap((recorder) => recorder.events)).toEqual([])
  })
})

describe('a circuit breaker with its defaults', () => {
  it('does not open on the first failure', async () => {
    const breaker = circuitBreaker()
    await breaker.outcome(failing)
    expect(breaker.state).toBe('closed')
  })

  it('counts neither what the caller aborts nor what a bulkhead inside refuses, half-open included', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1, openForMs: 1_000, halfOpenCalls: 1 })
    const call = pipeline(breaker, bulkhead({ concurrency: 1 }))
    const caller = new AbortController()
    const first = call.outcome(() => new Promise(() => {}), { signal: caller.signal })
    expect(await call.outcome(() => 'second')).toMatchObject({
      reason: 'refusal',
      error: { code: 'WT_BULKHEAD_FULL' },
    })
    caller.abort()
    expect(await first).toMatchObject({ reason: 'abort' })
    expect(breaker.state).toBe('closed')

    await breaker.outcome(failing)
    await clock.advance(1_000)
    const impatient = new AbortController()
    const probe = breaker.outcome(() => new Promise(() => {}), { signal: impatient.signal })
    impatient.abort()
    await probe
    expect(breaker.state).toBe('half-open')
    await breaker.outcome(() => 'up')
    expect(breaker.state).toBe('closed')
  })
})

describe('a signal aborted after success', () => {
  let server: Server
  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.write('first ')
      setTimeout(() => response.end('second'), 20)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  it('does not break the response body that is being read', async () => {
    const { port } = server.address() as AddressInfo
    const caller = new AbortController()
    const call = pipeline(timeout({ ms: 5_000 }), retry())
    const response = await call.execute(({ signal }) => fetch(`http://127.0.0.1:${port}/`, { signal }), {
      signal: caller.signal,
    })
    caller.abort()
    expect(await response.text()).toBe('first second')
  })
})

describe('options at their limits', () => {
  it.each([
    ['attempts: 0', () => retry({ attempts: 0 })],
    ['attempts: NaN', () => retry({ attempts: Number.NaN })],
    ['ms: 0', () => timeout({ ms: 0 })],
    ['ms: Infinity', () => timeout({ ms: Infinity })],
    ['concurrency: 0', () => bulkhead({ concurrency: 0 })],
    ['queue: Infinity', () => bulkhead({ concurrency: 1, queue: Infinity })],
    ['failureRate: 0', () => circuitBreaker({ failureRate: 0 })],
    ['failureRate: 1.1', () => circuitBreaker({ failureRate: 1.1 })],
    ['minimumCalls: 0', () => circuitBreaker({ minimumCalls: 0 })],
    ['openForMs: -1', () => circuitBreaker({ openForMs: -1 })],
    ['limit: 0', () => rateLimit({ limit: 0, perMs: 1_000 })],
    ['an unknown option', () => retry({ atempts: 3 } as never)],
  ])('refuses %s when the policy is made', (_name, create) => {
    expect(create).toThrow(expect.objectContaining({ code: 'WT_OPTION' }) as Error)
  })

  it('takes those that have a meaning', async () => {
    const once = retry({ attempts: 1 })
    const operation = vi.fn<() => never>(failing)
    expect(await once.outcome(operation)).toMatchObject({ ok: false, reason: 'failure' })
    expect(operation).toHaveBeenCalledOnce()
    expect(await bulkhead({ concurrency: Infinity, queue: 0 }).execute(() => 1)).toBe(1)
    expect(circuitBreaker({ failureRate: 1 }).state).toBe('closed')
    const patient = timeout({ ms: 2 ** 40 }).outcome(() => new Promise(() => {}))
    await clock.advance(2 ** 40)
    expect(await patient).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
  })
})
