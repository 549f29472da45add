import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pipeline } from '../promise/pipeline.js'
import { virtualClock, type VirtualClock } from '../testing/index.js'
import { timeout } from '../timeout/timeout.js'
import { RateLimitedError } from './errors.js'
import type { RateLimitOptions } from './rate-limit.js'
import { rateLimit } from './rate-limit-policy.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
  clock.install()
})
afterEach(() => {
  clock[Symbol.dispose]()
})

describe('rate limit policy', () => {
  it('refuses what is too much, and tells when to come again', async () => {
    const call = rateLimit({ limit: 2, perMs: 1_000 })
    const refusals: unknown[] = []
    call.on('refusal', ({ code, retryAfterMs }) => refusals.push([code, retryAfterMs]))
    expect(await call.execute(() => 'a')).toBe('a')
    expect(await call.execute(() => 'b')).toBe('b')
    const error = await call.execute(() => 'c').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RateLimitedError)
    expect(error).toMatchObject({ code: 'WT_RATE_LIMITED', limit: 2, perMs: 1_000, retryAfterMs: 500 })
    expect(refusals).toEqual([['WT_RATE_LIMITED', 500]])
    await clock.advance(500)
    expect(await call.execute(() => 'd')).toBe('d')
  })

  it('tells that a call waits, and keeps no timer for one that was given up', async () => {
    const call = rateLimit({ limit: 1, perMs: 1_000, maxWaitMs: 5_000 })
    const queued: number[] = []
    call.on('queued', (event) => queued.push(event.queued))
    const gone = new AbortController()
    await call.execute(() => 'a')
    const waiting = call.outcome(() => 'b', { signal: gone.signal })
    expect(queued).toEqual([1])
    gone.abort()
    expect(await waiting).toMatchObject({ ok: false, reason: 'abort' })
    expect(clock.pending).toBe(0)
  })

  it('lets calls wait in order for moments of their own, up to maxWaitMs', async () => {
    const call = rateLimit({ limit: 10, perMs: 1_000, algorithm: 'smooth', maxWaitMs: 200 })
    const starts: number[] = []
    const outcomes = [1, 2, 3, 4].map(() => call.outcome(() => starts.push(clock.now())))
    expect(call.queued).toBe(2)
    await clock.advance(99)
    expect(starts).toEqual([0])
    await clock.runAll()
    expect(starts).toEqual([0, 100, 200])
    expect((await Promise.all(outcomes)).map(({ ok }) => ok)).toEqual([true, true, true, false])
    expect([call.queued, clock.pending]).toEqual([0, 0])
  })

  it('bounds how many wait, and tells when the first of them goes', async () => {
    const call = rateLimit({ limit: 1, perMs: 100, maxWaitMs: 60_000, queue: 2 })
    const admitted = [1, 2, 3].map(() => call.outcome(() => 'done'))
    await clock.advance(30)
    const refused = await call.outcome(() => 'never')
    expect(refused).toMatchObject({ ok: false, reason: 'refusal', error: { retryAfterMs: 70 } })
    await clock.advance(100)
    // The refused call has spent nothing: the next one gets the moment right after the last that waits.
    const next = call.outcome(() => clock.now())
    await clock.runAll()
    expect(await next).toMatchObject({ ok: true, value: 300 })
    expect((await Promise.all(admitted)).every(({ ok }) => ok)).toBe(true)
  })

  it('ends a wait at once on abort, and runs nothing', async () => {
    const call = rateLimit({ limit: 1, maxWaitMs: 5_000 })
    await call.execute(() => 'first')
    const controller = new AbortController()
    let ran = false
    const waiting = call.outcome(() => (ran = true), { signal: controller.signal })
    await clock.advance(10)
    const reason = new Error('changed my mind')
    controller.abort(reason)
    expect(await waiting).toEqual({ ok: false, reason: 'abort', error: reason })
    expect([call.queued, clock.pending]).toEqual([0, 0])
    await clock.advance(10_000)
    expect(ran).toBe(false)
  })

  it('ends calls that waited one by one, each with its own result', async () => {
    const call = rateLimit({ limit: 10, perMs: 1_000, algorithm: 'smooth', maxWaitMs: 60_000 })
    for (let round = 0; round < 2; round++) {
      const outcomes = [0, 1, 2, 3].map((number) =>
        call.outcome(async () => {
          if (number === 2) throw new Error(`call ${number}`)
          await new Promise<void>((wake) => clock.setTimer(250, wake))
          return number
        }),
      )
      await clock.runAll()
      expect(await Promise.all(outcomes)).toMatchObject([
        { value: 0 },
        { value: 1 },
        { error: { message: 'call 2' } },
        { value: 3 },
      ])
    }
  })

  it('is ended in its wait by a timeout further out', async () => {
    const call = pipeline(timeout({ ms: 50 }), rateLimit({ limit: 1, maxWaitMs: 5_000 }))
    await call.execute(() => 'first')
    const waiting = call.outcome(() => 'second')
    await clock.advance(50)
    expect(await waiting).toMatchObject({ ok: false, reason: 'failure', error: { code: 'WT_TIMEOUT' } })
  })

  it('waits for longer than a platform timer can', async () => {
    const perMs = 2 ** 33
    const call = rateLimit({ limit: 1, perMs, maxWaitMs: perMs })
    const setTimer = clock.setTimer.bind(clock)
    clock.setTimer = (delayMs, callback) => setTimer(Math.min(delayMs, 2 ** 31 - 1), callback)
    await call.execute(() => 'first')
    const second = call.outcome(() => clock.now())
    await clock.runAll()
    expect(await second).toMatchObject({ value: perMs })
  })

  it('keeps what it counted over a restart and a change of its options', async () => {
    const call = rateLimit({ limit: 1, perMs: 1_000 })
    await call.execute(() => 'first')
    const restarted = rateLimit({ limit: 1, perMs: 1_000 })
    const snapshot: unknown = JSON.parse(JSON.stringify(call.snapshot()))
    await clock.advance(400)
    restarted.restore(snapshot as ReturnType<typeof call.snapshot>)
    expect(await restarted.outcome(() => 'no')).toMatchObject({ error: { retryAfterMs: 600 } })
    call.reconfigure({ limit: 1, perMs: 1_000, maxWaitMs: 600 })
    const waiting = call.outcome(() => clock.now())
    await clock.runAll()
    expect(await waiting).toMatchObject({ value: 1_000 })
  })

  it.each([
    [{ limit: 1, queue: 0 }, 'cannot create rate limit: queue must be an integer >= 1, got 0'],
    [{ limit: 0 }, 'limit must be an integer >= 1 and <= 100000, got 0'],
    [undefined as never, 'cannot create rate limit: options must be an object, got undefined'],
  ] satisfies [RateLimitOptions, string][])('refuses %j', (options, message) => {
    expect(() => rateLimit(options)).toThrow(message)
  })
})
