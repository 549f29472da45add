import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SlidingCounts } from './sliding-counts.js'

const WINDOW_MS = 60_000
const BUCKET_MS = 1_000

interface Event {
  readonly at: number
  readonly bad: boolean
}

/** What the window must hold, found the slow way: the events of the last sixty buckets. */
function counted(events: readonly Event[], now: number): { total: number; bad: number } {
  const oldest = Math.floor(now / BUCKET_MS) - WINDOW_MS / BUCKET_MS + 1
  const kept = events.filter(({ at }) => Math.floor(at / BUCKET_MS) >= oldest)
  return { total: kept.length, bad: kept.filter(({ bad }) => bad).length }
}

it('counts as a list of all events would, however time moves on', () => {
  const step = fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 150_000 })),
    bad: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 1e12 }), (steps, startMs) => {
      const counts = new SlidingCounts(WINDOW_MS)
      const events: Event[] = []
      let now = startMs
      for (const { afterMs, bad } of steps) {
        now += afterMs
        counts.advance(now)
        expect({ total: counts.total, bad: counts.bad }).toEqual(counted(events, now))
        events.push({ at: now, bad })
        counts.add(now, 1, Number(bad))
        expect({ total: counts.total, bad: counts.bad }).toEqual(counted(events, now))
      }
    }),
  )
})

it('takes what comes late into the newest bucket', () => {
  const counts = new SlidingCounts(WINDOW_MS)
  counts.add(100_000, 1, 0)
  counts.add(99_000, 1, 1)
  expect([counts.total, counts.bad]).toEqual([2, 1])
  counts.advance(160_000)
  expect([counts.total, counts.bad]).toEqual([0, 0])
})
