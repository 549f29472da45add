import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OutlierEjection, type OutlierEjectionOptions } from './outlier-ejection.js'

function ejectionOf(count: number, options: OutlierEjectionOptions = {}): OutlierEjection {
  const ejection = new OutlierEjection({ maxEjected: 1, ...options })
  ejection.resize(Array.from({ length: count }, (_, index) => `endpoint-${index}`))
  // The first request sets the start of the intervals.
  ejection.sweep(0)
  return ejection
}

function fail(ejection: OutlierEjection, index: number, times: number, now: number): void {
  for (let failure = 0; failure < times; failure++) ejection.settle(index, now, true)
}

describe('what ejects', () => {
  it('ejects with the fifth failure in a row, and not before', () => {
    const ejection = ejectionOf(2)
    fail(ejection, 0, 4, 1)
    expect(ejection.isEjected(0)).toBe(false)
    fail(ejection, 0, 1, 1)
    expect([ejection.isEjected(0), ejection.isEjected(1)]).toEqual([true, false])
  })

  it('begins to count anew with a success', () => {
    const ejection = ejectionOf(2)
    fail(ejection, 0, 4, 1)
    ejection.settle(0, 2, false)
    fail(ejection, 0, 4, 3)
    expect(ejection.isEjected(0)).toBe(false)
  })
})

it('answers whether an endpoint is ejected for a request, and knows none that is not there', () => {
  const ejection = ejectionOf(2, { consecutiveFailures: 2 })
  expect([1, 2, 3].map((now) => ejection.settle(0, now, true))).toEqual([false, true, false])
  expect(ejection.settle(7, 1, true)).toBe(false)
})

describe('how long', () => {
  it('comes back at an interval, as long as that is', () => {
    const ejection = ejectionOf(2, { intervalMs: 1_000, baseEjectionMs: 1_500 })
    fail(ejection, 0, 5, 0)
    ejection.sweep(1_999)
    expect(ejection.isEjected(0)).toBe(true)
    ejection.sweep(2_000)
    expect(ejection.isEjected(0)).toBe(false)
    fail(ejection, 0, 4, 2_000)
    expect(ejection.isEjected(0)).toBe(false)
  })

  it('is looked at in no time after a silence of thirty years', () => {
    const ejection = ejectionOf(2, { intervalMs: 1, baseEjectionMs: 100, maxEjectionMs: 100 })
    fail(ejection, 0, 5, 0)
    ejection.sweep(1e12)
    expect(ejection.isEjected(0)).toBe(false)
  })

  it('comes back at the first interval after the base time', () => {
    const ejection = ejectionOf(2, { intervalMs: 10_000, baseEjectionMs: 25_000 })
    fail(ejection, 0, 5, 1_000)
    ejection.sweep(29_999)
    expect(ejection.isEjected(0)).toBe(true)
    ejection.sweep(30_000)
    expect(ejection.isEjected(0)).toBe(false)
  })

  it('stays away twice as long the second time', () => {
    const ejection = ejectionOf(2, { intervalMs: 1_000, baseEjectionMs: 30_000 })
    fail(ejection, 0, 5, 0)
    ejection.sweep(30_000)
    fail(ejection, 0, 5, 30_000)
    ejection.sweep(89_000)
    expect(ejection.isEjected(0)).toBe(true)
    ejection.sweep(90_000)
    expect(ejection.isEjected(0)).toBe(false)
  })

  it('forgets one ejection with each interval without one', () => {
    const ejection = ejectionOf(2, { intervalMs: 10_000, baseEjectionMs: 10_000 })
    fail(ejection, 0, 5, 0)
    ejection.sweep(30_000)
    fail(ejection, 0, 5, 30_000)
    ejection.sweep(40_000)
    expect(ejection.isEjected(0)).toBe(false)
  })

  it('never stays away longer than 300 s', () => {
    const ejection = ejectionOf(2, { intervalMs: 1_000, baseEjectionMs: 100_000 })
    let now = 0
    for (let time = 1; time <= 8; time++) {
      fail(ejection, 0, 5, now)
      const back = now + Math.min(300_000, 100_000 * time)
      ejection.sweep(back - 1_000)
      expect(ejection.isEjected(0)).toBe(true)
      ejection.sweep(back)
      expect(ejection.isEjected(0)).toBe(false)
      now = back
    }
  })
})

describe('how many', () => {
  const ejectAll = (count: number, maxEjected: number): number => {
    const ejection = ejectionOf(count, { maxEjected })
    for (let index = 0; index < count; index++) fail(ejection, index, 5, 1)
    return ejection.ejected
  }

  it('is never more than the share of all, and never the last', () => {
    expect([1, 3, 10].map((count) => ejectAll(count, 0.1))).toEqual([0, 0, 1])
    expect([1, 3, 10].map((count) => ejectAll(count, 0.5))).toEqual([0, 1, 5])
    expect([1, 3, 10].map((count) => ejectAll(count, 0))).toEqual([0, 0, 0])
    expect([1, 3, 10].map((count) => ejectAll(count, 1))).toEqual([0, 2, 9])
    expect(ejectAll(10, 0.7)).toBe(7)
  })
})

it('keeps ejections of endpoints that stay when others join', () => {
  const ejection = ejectionOf(2)
  fail(ejection, 1, 5, 1)
  ejection.resize(['endpoint-1', 'endpoint-2'])
  expect([ejection.isEjected(0), ejection.isEjected(1), ejection.ejected]).toEqual([true, false, 1])
})

it('changes its thresholds without forgetting', () => {
  const ejection = ejectionOf(2)
  fail(ejection, 0, 2, 1)
  ejection.reconfigure({ maxEjected: 1, consecutiveFailures: 3 })
  fail(ejection, 0, 1, 2)
  expect(ejection.isEjected(0)).toBe(true)
})

it('ends an ejection once a request that was sent all the same has been answered', () => {
  const ejection = ejectionOf(2, { consecutiveFailures: 1 })
  ejection.settle(0, 100, true)
  expect(ejection.isEjected(0)).toBe(true)
  // Under way when the endpoint was ejected: it says nothing of what has happened since.
  ejection.settle(0, 150, false, 50)
  expect(ejection.isEjected(0)).toBe(true)
  ejection.settle(0, 200, true, 150)
  expect(ejection.isEjected(0)).toBe(true)
  ejection.settle(0, 300, false, 100)
  expect([ejection.isEjected(0), ejection.ejected]).toEqual([false, 0])
})

/** What may happen: time passes, and a request ends. */
const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 40_000 }),
  index: fc.nat(5),
  failed: fc.boolean(),
})

it('holds its bounds whatever happens', () => {
  const options = fc.record({
    consecutiveFailures: fc.integer({ min: 1, max: 6 }),
    intervalMs: fc.integer({ min: 1, max: 20_000 }),
    baseEjectionMs: fc.integer({ min: 1, max: 60_000 }),
    maxEjected: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 200 }), (chosen, steps) => {
      const ejection = ejectionOf(6, chosen)
      const changes: boolean[] = []
      const since = new Map<number, number>()
      let now = 0
      ejection.onChange = (index, ejected) => {
        changes.push(ejected)
        if (ejected) since.set(index, now)
        else expect(now - since.get(index)!).toBeGreaterThanOrEqual(chosen.baseEjectionMs)
      }
      for (const { afterMs, index, failed } of steps) {
        now += afterMs
        ejection.sweep(now)
        ejection.settle(index, now, failed)
        expect(ejection.ejected).toBeLessThanOrEqual(Math.min(6 * chosen.maxEjected + 1e-6, 5))
        const away = [0, 1, 2, 3, 4, 5].filter((one) => ejection.isEjected(one)).length
        expect(away).toBe(ejection.ejected)
      }
      expect(changes.filter(Boolean).length - changes.filter((ejected) => !ejected).length).toBe(
        ejection.ejected,
      )
      now += 2_000_000
      ejection.sweep(now)
      expect(ejection.ejected).toBe(0)
    }),
  )
})

it('sees the same after a long silence as interval by interval', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 0, max: 3_000_000 }),
      (steps, silenceMs) => {
        const [lazy, eager] = [ejectionOf(6, { intervalMs: 5_000 }), ejectionOf(6, { intervalMs: 5_000 })]
        let now = 0
        for (const { afterMs, index, failed } of steps) {
          now += afterMs
          for (const ejection of [lazy, eager]) {
            ejection.sweep(now)
            ejection.settle(index, now, failed)
          }
        }
        for (let at = now; at < now + silenceMs; at += 5_000) eager.sweep(at)
        eager.sweep(now + silenceMs)
        lazy.sweep(now + silenceMs)
        const seen = (ejection: OutlierEjection): boolean[] =>
          [0, 1, 2, 3, 4, 5].map((one) => ejection.isEjected(one))
        expect(seen(lazy)).toEqual(seen(eager))
      },
    ),
  )
})
