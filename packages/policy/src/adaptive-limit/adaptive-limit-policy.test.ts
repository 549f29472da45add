import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom, virtualClock, type VirtualClock } from '../testing/index.js'
import { pipeline } from '../promise/pipeline.js'
import { timeout } from '../timeout/timeout.js'
import { adaptiveLimit } from './adaptive-limit-policy.js'
import { aimd } from './aimd.js'
import { OverloadedError } from './errors.js'
import type { LimitAlgorithmFactory } from './limit-algorithm.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
  clock.install(seededRandom(7))
})
afterEach(() => {
  clock[Symbol.dispose]()
})

/** A limit that stays where it is. */
const fixed: LimitAlgorithmFactory = () => ({ update: (limit) => limit })

function sleep(ms: number): () => Promise<number> {
  return () => new Promise((wake) => clock.setTimer(ms, () => wake(clock.now())))
}

describe('adaptive limit policy', () => {
  it('moves with what calls tell, and says so', async () => {
    const call = adaptiveLimit({ algorithm: aimd(), initialLimit: 10 })
    const moves: [number, number][] = []
    call.on('limit', ({ from, to }) => moves.push([from, to]))
    await call.outcome(() => Promise.reject(new Error('overloaded')))
    expect(moves).toEqual([[10, call.limit]])
    const shrunk = call.limit
    expect(shrunk).toBeLessThan(10)
    const calls = Array.from({ length: 2 * shrunk }, () => call.outcome(sleep(10)))
    await clock.advance(30)
    await Promise.all(calls)
    expect(call.limit).toBeGreaterThan(shrunk)
    expect(call.inFlight).toBe(0)
  })

  it('queues past the limit, the important first, and sheds the least important', async () => {
    const call = adaptiveLimit({ algorithm: fixed, initialLimit: 1, queue: 2 })
    const order: number[] = []
    const outcomes = [0, 0, 1, 2, 0].map((priority, number) =>
      call.outcome(
        () => {
          order.push(number)
          return sleep(1)()
        },
        { priority },
      ),
    )
    expect([call.inFlight, call.queued]).toEqual([1, 2])
    await clock.advance(10)
    expect(order).toEqual([0, 3, 2])
    const [first, evicted, , , full] = await Promise.all(outcomes)
    expect(first).toMatchObject({ ok: true })
    expect(evicted).toMatchObject({ reason: 'refusal', error: { code: 'WT_OVERLOADED', reason: 'evicted' } })
    expect(full).toMatchObject({ reason: 'refusal', error: { reason: 'full', inFlight: 1, queued: 2 } })
    expect([call.inFlight, call.queued, clock.pending]).toEqual([0, 0, 1])
    await clock.runAll()
    expect(clock.pending).toBe(0)
  })

  it('lets nobody wait for longer than the interval', async () => {
    const call = adaptiveLimit({ algorithm: fixed, initialLimit: 1, intervalMs: 100 })
    const slow = call.outcome(sleep(1_000))
    const waiting = call.execute(() => 'never')
    const error = waiting.catch((thrown: unknown) => [thrown, clock.now()])
    await clock.advance(1_000)
    expect(await error).toEqual([expect.any(OverloadedError), 100])
    expect(await slow).toMatchObject({ ok: true })
  })

  it('keeps the slot of an aborted call until its work has ended, and learns nothing from it', async () => {
    let samples = 0
    const counting: LimitAlgorithmFactory = () => ({ update: (limit) => ((samples += 1), limit) })
    const call = adaptiveLimit({ algorithm: counting, initialLimit: 1, queue: 1 })
    const [running, waiting] = [new AbortController(), new AbortController()]
    const outcomes = [running, waiting].map(({ signal }) => call.outcome(sleep(50), { signal }))
    waiting.abort('no more')
    expect([call.inFlight, call.queued]).toEqual([1, 0])
    running.abort('no more')
    expect((await Promise.all(outcomes)).map((outcome) => !outcome.ok && outcome.reason)).toEqual([
      'abort',
      'abort',
    ])
    const next = call.execute(() => 'next')
    await clock.advance(49)
    expect([call.inFlight, call.queued]).toEqual([1, 1])
    await clock.advance(1)
    expect(await next).toBe('next')
    expect([call.inFlight, call.queued, samples]).toEqual([0, 0, 1])
  })

  it('learns from a timeout at once, and hands on what the higher limit gives, but not the slot', async () => {
    const growing: LimitAlgorithmFactory = () => ({
      update: (limit, { dropped, rttMs }) => limit + (dropped && rttMs === 20 ? 1 : 0),
    })
    const limit = adaptiveLimit({ algorithm: growing, initialLimit: 1, queue: 2 })
    const call = pipeline(limit, timeout({ ms: 20 }))
    const late = call.outcome(sleep(80))
    const ranAt: number[] = []
    const others = [1, 2].map(() => call.outcome(() => ranAt.push(clock.now()) && sleep(15)()))
    await clock.advance(100)
    expect(await late).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
    // At 20 one of two slots is free; at 35 it is again. Work that nobody waits for holds the other until 80.
    expect(ranAt).toEqual([20, 35])
    expect((await Promise.all(others)).map(({ ok }) => ok)).toEqual([true, true])
    expect([limit.limit, limit.inFlight, limit.queued]).toEqual([2, 0, 0])
  })

  it('frees the slot with the call when told so', async () => {
    const call = adaptiveLimit({ algorithm: fixed, initialLimit: 1, releaseOnTimeout: true })
    const caller = new AbortController()
    const outcome = call.outcome(sleep(50), { signal: caller.signal })
    caller.abort()
    expect(await outcome).toMatchObject({ reason: 'abort' })
    expect(call.inFlight).toBe(0)
    call.reconfigure({ algorithm: fixed, minLimit: 1, maxLimit: 1 })
    const again = new AbortController()
    const held = call.outcome(sleep(50), { signal: again.signal })
    again.abort()
    await held
    expect(call.inFlight).toBe(1)
    await clock.advance(50)
    expect(call.inFlight).toBe(0)
  })

  it('gives its slot back when a predicate throws', async () => {
    const call = adaptiveLimit({
      algorithm: fixed,
      initialLimit: 1,
      whenResult: () => {
        throw new Error('predicate')
      },
    })
    await expect(call.execute(() => 'value')).rejects.toThrow('predicate')
    expect(call.inFlight).toBe(0)
  })

  it('grants slots to those who wait when its options change, and refuses those without a place', async () => {
    const call = adaptiveLimit({ algorithm: fixed, initialLimit: 1, queue: 3 })
    const outcomes = [1, 2, 3, 4].map(() => call.outcome(sleep(10)))
    call.reconfigure({ algorithm: fixed, minLimit: 2, queue: 1 })
    expect([call.limit, call.inFlight, call.queued]).toEqual([2, 2, 0])
    await clock.advance(10)
    expect((await Promise.all(outcomes)).map(({ ok }) => ok)).toEqual([true, true, false, false])
  })

  it('keeps its limit over a restart', () => {
    const call = adaptiveLimit({ algorithm: fixed, initialLimit: 33 })
    const restarted = adaptiveLimit({ algorithm: fixed })
    restarted.restore(JSON.parse(JSON.stringify(call.snapshot())) as ReturnType<typeof call.snapshot>)
    expect(restarted.limit).toBe(33)
    expect(() =>
      restarted.restore({ version: 1, policy: 'adaptive-limit', state: { limit: 'much' } }),
    ).toThrow("limit must be a finite number >= 1, got 'much'")
  })
})
