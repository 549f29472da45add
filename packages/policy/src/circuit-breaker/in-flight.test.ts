import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InFlight } from './in-flight.js'

const overMs = 80
const bucketMs = overMs / 8

const steps = fc.array(
  fc.record({
    gap: fc.oneof(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 300 })),
    finish: fc.option(fc.nat()),
  }),
  { maxLength: 80 },
)

it('equals a naive list of the calls in flight', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 1e12 }), (script, startsAt) => {
      const tracker = new InFlight(overMs, 1)
      const running: { mark: number; at: number }[] = []
      let now = startsAt
      const isOverdue = ({ at }: { at: number }): boolean =>
        (Math.floor(at / bucketMs) + 1) * bucketMs + overMs <= now
      for (const { gap, finish } of script) {
        now += gap
        if (finish === null || running.length === 0) {
          running.push({ mark: tracker.start(now), at: now })
        } else {
          const [ended] = running.splice(finish % running.length, 1)
          if (ended === undefined) throw new Error('cannot finish call: none is running')
          expect(tracker.finish(ended.mark, now)).toBe(isOverdue(ended))
        }
        while (tracker.advance(now) !== undefined);
        expect(tracker.overdue).toBe(running.filter(isOverdue).length)
      }
    }),
  )
})

it('does not know the marks of another generation', () => {
  const former = new InFlight(overMs, 1)
  const mark = former.start(0)
  const tracker = new InFlight(overMs, 2)
  tracker.start(0)
  tracker.advance(1_000)
  expect(tracker.finish(mark, 1_000)).toBe(false)
  expect(tracker.overdue).toBe(1)
})

it('tells once when calls became overdue, however late somebody asks', () => {
  const tracker = new InFlight(overMs, 1)
  tracker.start(0)
  tracker.start(35)
  expect([89, 90, 91, 500, 500, 1e9].map((now) => tracker.advance(now))).toEqual([
    undefined,
    90,
    undefined,
    120,
    undefined,
    undefined,
  ])
})
