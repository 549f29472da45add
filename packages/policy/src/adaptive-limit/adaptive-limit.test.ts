import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUEUE } from '../admission/queueing.js'
import { Waiter } from '../admission/waiter-queue.js'
import type { Verdict } from '../outcome/verdict.js'
import { AdaptiveLimit, type AdaptiveLimitOptions } from './adaptive-limit.js'
import { OverloadedError, OverloadRefusal } from './errors.js'

const half = () => 0.5

/** An algorithm that never moves, so that only the queue is seen. */
const still = () => ({ update: (limit: number) => limit })

function fixed(limit: number, options: AdaptiveLimitOptions = {}): AdaptiveLimit {
  const created = new AdaptiveLimit({ algorithm: still, initialLimit: limit, ...options }, half)
  while (created.inFlight < limit) created.admit(0)
  return created
}

function waiter(priority: number = 0): Waiter {
  const created = new Waiter()
  created.priority = priority
  return created
}

/** A call ends: answers whose wait is over by that. */
function settle(
  limit: AdaptiveLimit,
  permit: number,
  now: number,
  verdict: Verdict,
  durationMs: number,
): Waiter | undefined {
  limit.settle(permit, now, verdict, durationMs)
  return limit.grant(now)
}

describe('adaptive limit', () => {
  it('admits up to its limit, then queues, then sheds', () => {
    const limit = fixed(2, { queue: 1 })
    expect(limit.admit(0)).toBe(QUEUE)
    expect(limit.wait(waiter(), 0)).toBeUndefined()
    const refusal = limit.admit(0) as OverloadRefusal
    expect(refusal.code).toBe('WT_OVERLOADED')
    const error = refusal.toError()
    expect(error).toBeInstanceOf(OverloadedError)
    expect(error.message).toBe('overloaded (full): 2 in flight of 2, 1 queued')
    expect(error).toMatchObject({ code: 'WT_OVERLOADED', reason: 'full', limit: 2, inFlight: 2, queued: 1 })
  })

  it('gives each permit the number of calls in flight', () => {
    const limit = new AdaptiveLimit({ algorithm: still, initialLimit: 5 }, half)
    expect([limit.admit(0), limit.admit(0), limit.admit(0)]).toEqual([1, 2, 3])
    limit.settle(1, 1, 'success', 1)
    expect(limit.admit(1)).toBe(3)
  })

  it('tells its algorithm how calls fared, ignored ones left out', () => {
    const seen: unknown[] = []
    const algorithm = () => ({
      update: (limit: number, sample: object) => {
        seen.push({ ...sample })
        return limit
      },
    })
    const limit = new AdaptiveLimit({ algorithm }, half)
    for (const verdict of ['success', 'ignored', 'failure'] as Verdict[]) {
      limit.settle(limit.admit(0) as number, 30, verdict, 30)
    }
    expect(seen).toEqual([
      { rttMs: 30, inFlight: 1, dropped: false, now: 30 },
      { rttMs: 30, inFlight: 1, dropped: true, now: 30 },
    ])
    expect(limit.inFlight).toBe(0)
  })

  it('serves the most important first and sheds the least important first', () => {
    const limit = fixed(1, { queue: 2 })
    const [low, high, middle] = [waiter(0), waiter(9), waiter(5)] as const
    limit.wait(low, 0)
    limit.wait(high, 0)
    expect(limit.admit(0, 0)).toBeInstanceOf(OverloadRefusal)
    expect(limit.wait(middle, 0)).toBe(low)
    expect(settle(limit, 1, 1, 'success', 1)).toBe(high)
    expect(high.permit).toBe(1)
    expect(settle(limit, 1, 1, 'success', 1)).toBe(middle)
    expect(limit.wait(middle, 2)).toBeUndefined()
    expect(limit.leave(middle)).toBe(true)
    expect(settle(limit, 1, 3, 'success', 1)).toBeUndefined()
    expect([limit.inFlight, limit.queued]).toEqual([0, 0])
  })

  it('sheds whoever waited too long only when nobody less important waits', () => {
    const limit = fixed(1, { queue: 2, intervalMs: 100 })
    const [low, high] = [waiter(0), waiter(9)] as const
    limit.wait(low, 0)
    limit.wait(high, 0)
    expect(settle(limit, 1, 101, 'success', 1)).toBe(high)
    expect(high.permit).toBe(1)
    expect(settle(limit, 1, 102, 'success', 1)).toBe(low)
    expect(low.permit).toBe(0)
  })

  it('lets a burst wait, but sheds whoever waits in a queue that does not drain', () => {
    const limit = fixed(1, { queue: 5, targetMs: 5, intervalMs: 100 })
    const burst = [waiter(), waiter(), waiter()] as const
    for (const each of burst) limit.wait(each, 0)
    expect(settle(limit, 1, 90, 'success', 90)).toBe(burst[0])
    expect(burst[0].permit).toBe(1)
    const late = waiter()
    limit.wait(late, 97)
    // The queue has now stood for more than 100 ms, so 5 ms of waiting is all that is allowed.
    expect(settle(limit, 1, 101, 'success', 11)).toBe(burst[1])
    expect(limit.grant(101)).toBe(burst[2])
    expect(limit.grant(101)).toBe(late)
    expect([burst[1].permit, burst[2].permit, late.permit]).toEqual([0, 0, 1])
    limit.wait(burst[0], 110)
    expect(settle(limit, 1, 150, 'success', 1)?.permit).toBe(1)
  })

  it('stays within its bounds and never runs above its limit, whatever the algorithm answers', () => {
    const nonsense = fc.constantFrom(undefined, null, '9', {}) as unknown as fc.Arbitrary<number>
    const answers = fc.array(fc.oneof(fc.double(), fc.integer({ min: -9, max: 50 }), nonsense), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(
        answers,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 20 }),
        (limits, min, more) => {
          let turn = 0
          const algorithm = () => ({ update: () => limits[turn++ % limits.length]! })
          const limit = new AdaptiveLimit({ algorithm, minLimit: min, maxLimit: min + more, queue: 3 }, half)
          for (let now = 0; now < 80; now++) {
            const answer = limit.admit(now)
            if (answer === QUEUE) limit.wait(waiter(now % 3), now)
            else if (typeof answer === 'number') expect(limit.inFlight).toBeLessThanOrEqual(limit.limit)
            else expect(limit.queued).toBe(3)
            if (now % 3 !== 2) continue
            for (let w = settle(limit, 1, now, 'success', 1); w !== undefined; w = limit.grant(now)) {
              if (w.permit > 0) expect(limit.inFlight).toBeLessThanOrEqual(limit.limit)
            }
            expect(limit.limit).toBeGreaterThanOrEqual(min)
            expect(limit.limit).toBeLessThanOrEqual(min + more)
            expect(limit.queued).toBeLessThanOrEqual(3)
          }
        },
      ),
    )
  })

  it('continues from a snapshot, and refuses one of another shape', () => {
    const learned = new AdaptiveLimit({ initialLimit: 77 }, half)
    const next = new AdaptiveLimit({ maxLimit: 50 }, half)
    next.restore(JSON.parse(JSON.stringify(learned.snapshot())) as never)
    expect(next.limit).toBe(50)
    for (const wrong of [null, {}, { limit: '5' }, { limit: 0 }, { limit: 5, more: 1 }]) {
      expect(() => next.restore(wrong as never)).toThrow('cannot create adaptive limit from a snapshot: ')
    }
  })

  it('keeps its limit within new bounds, and refuses who has lost its place', () => {
    const limit = fixed(4, { queue: 2 })
    const [first, second] = [waiter(), waiter()] as const
    limit.wait(first, 0)
    limit.wait(second, 0)
    limit.reconfigure({ algorithm: still, maxLimit: 3, queue: 1 })
    expect(limit.limit).toBe(3)
    expect(limit.grant(1)).toBe(second)
    expect(second.permit).toBe(0)
    expect(limit.grant(1)).toBeUndefined()
    limit.reconfigure({ algorithm: () => ({ update: () => 9 }), minLimit: 8 })
    expect(limit.grant(1)).toBe(first)
    limit.settle(1, 2, 'success', 1)
    expect(limit.limit).toBe(9)
  })

  it.each([
    [{ minLimit: 0 }, 'cannot create adaptive limit: minLimit must be an integer >= 1, got 0'],
    [{ maxLimit: Infinity }, 'maxLimit must be an integer >= 1, got Infinity'],
    [{ minLimit: 5, maxLimit: 4 }, 'cannot create adaptive limit: maxLimit must be >= minLimit (5), got 4'],
    [{ initialLimit: 201 }, 'maxLimit must be >= initialLimit (201), got 200'],
    [{ initialLimit: 1, minLimit: 2 }, 'initialLimit must be >= minLimit (2), got 1'],
    [{ queue: Infinity }, 'queue must be an integer >= 0, got Infinity'],
    [{ targetMs: 200 }, 'intervalMs must be >= targetMs (200), got 100'],
    [{ algorithm: 'vegas' as never }, "algorithm must be a function, got 'vegas'"],
  ])('refuses %j', (options, message) => {
    expect(() => new AdaptiveLimit(options, half)).toThrow(message)
  })
})
