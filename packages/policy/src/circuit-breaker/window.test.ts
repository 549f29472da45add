import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallWindow } from './call-window.js'
import { bucketCount } from './time-window.js'
import { createWindow } from './window.js'

interface Call {
  readonly at: number
  readonly failed: number
  readonly slow: number
}

const gaps = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 3_000 }),
  fc.double({ min: 0, max: 500, noNaN: true }),
)
const bit = fc.integer({ min: 0, max: 1 })
const history = fc.array(fc.tuple(gaps, bit, bit), { minLength: 1, maxLength: 80 })

function callsOf(entries: readonly (readonly [number, number, number])[], startsAt: number): Call[] {
  let at = startsAt
  return entries.map(([gap, failed, slow]) => ({ at: (at += gap), failed, slow }))
}

function totals(calls: readonly Call[]): object {
  const sum = (key: 'failed' | 'slow'): number => calls.reduce((total, call) => total + call[key], 0)
  return { calls: calls.length, failures: sum('failed'), slow: sum('slow') }
}

function totalsOf({ calls, failures, slow }: CallWindow): object {
  return { calls, failures, slow }
}

describe('the count window', () => {
  it('equals a naive list of all calls', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 30 }), (entries, size) => {
        const window = createWindow({ kind: 'count', size })
        const all: Call[] = []
        for (const call of callsOf(entries, 0)) {
          window.record(call.at, call.failed, call.slow)
          all.push(call)
          expect(totalsOf(window)).toEqual(totals(all.slice(-size)))
        }
      }),
    )
  })

  it('survives a snapshot into a window of another size with its newest calls', () => {
    fc.assert(
      fc.property(
        history,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        (entries, size, next) => {
          const window = createWindow({ kind: 'count', size })
          const all = callsOf(entries, 0)
          for (const call of all) window.record(call.at, call.failed, call.slow)
          const other = createWindow({ kind: 'count', size: next })
          other.load(window.snapshot(0), 0, 0)
          expect(totalsOf(other)).toEqual(totals(all.slice(-Math.min(size, next))))
        },
      ),
    )
  })
})

describe('the time window', () => {
  const durationMs = 1_000
  const bucketMs = durationMs / bucketCount

  it('equals a naive list of all calls, whenever it is asked', () => {
    fc.assert(
      fc.property(history, fc.double({ min: 0, max: 1e9, noNaN: true }), gaps, (entries, startsAt, rest) => {
        const window = createWindow({ kind: 'time', size: durationMs })
        const all: Call[] = []
        const check = (now: number): void => {
          const newest = Math.floor(now / bucketMs)
          const inside = all.filter(({ at }) => Math.floor(at / bucketMs) > newest - bucketCount)
          expect(totalsOf(window)).toEqual(totals(inside))
          // Whatever the bucketing, no call is forgotten early by more than a bucket or kept too long.
          expect(window.calls).toBeLessThanOrEqual(
            all.filter(({ at }) => at > now - durationMs - 1e-6).length,
          )
          const recent = all.filter(({ at }) => at >= now - durationMs + bucketMs + 1e-6).length
          expect(window.calls).toBeGreaterThanOrEqual(recent)
        }
        for (const call of callsOf(entries, startsAt)) {
          window.record(call.at, call.failed, call.slow)
          all.push(call)
          check(call.at)
        }
        const now = (all.at(-1)?.at ?? startsAt) + rest
        window.expire(now)
        check(now)
      }),
    )
  })

  it('survives a snapshot at the same age', () => {
    fc.assert(
      fc.property(history, gaps, (entries, rest) => {
        const window = createWindow({ kind: 'time', size: durationMs })
        const all = callsOf(entries, 0)
        for (const call of all) window.record(call.at, call.failed, call.slow)
        const now = (all.at(-1)?.at ?? 0) + rest
        const other = createWindow({ kind: 'time', size: durationMs })
        other.load(window.snapshot(now), now, 0)
        for (let later = now; later < now + durationMs * 1.1; later += bucketMs) {
          window.expire(later)
          other.expire(later)
          expect(totalsOf(other)).toEqual(totalsOf(window))
        }
      }),
    )
  })

  it('drops from a snapshot what has become too old meanwhile', () => {
    const window = createWindow({ kind: 'time', size: durationMs })
    window.record(100, 1, 0)
    window.record(800, 0, 1)
    const other = createWindow({ kind: 'time', size: durationMs })
    other.load(window.snapshot(800), 5, 500)
    expect(totalsOf(other)).toEqual({ calls: 1, failures: 0, slow: 1 })
  })

  it('counts a call whose time lies before the newest one', () => {
    const window = createWindow({ kind: 'time', size: durationMs })
    window.record(500, 1, 0)
    window.record(400, 1, 0)
    expect(totalsOf(window)).toEqual({ calls: 2, failures: 2, slow: 0 })
  })
})

it('is empty again once it is cleared, whatever it had counted', () => {
  for (const kind of ['count', 'time'] as const) {
    const window = createWindow({ kind, size: 100 })
    for (let call = 0; call < 4; call += 1) window.record(0, call % 2, call > 1 ? 1 : 0)
    window.clear()
    expect(totalsOf(window)).toEqual({ calls: 0, failures: 0, slow: 0 })
    window.record(0, 0, 1)
    expect(totalsOf(window)).toEqual({ calls: 1, failures: 0, slow: 1 })
  }
})

it('skips a snapshot of another kind', () => {
  const kinds = ['count', 'time'] as const
  for (const kind of kinds) {
    const window = createWindow({ kind, size: 5 })
    window.record(0, 1, 0)
    for (const other of kinds) {
      const target = createWindow({ kind: other, size: 5 })
      target.load(window.snapshot(0), 0, 0)
      expect(target.calls).toBe(kind === other ? 1 : 0)
    }
  }
})
