import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burnWindowsOf, durationText } from './burn-windows.js'
import { ErrorBudget } from './error-budget.js'
import { DAY_MS, HOUR_MS, MINUTE_MS, objectivesOf, type Objective } from './objective.js'
import { ObjectiveTracker } from './objective-tracker.js'

const [THREE_NINES] = objectivesOf({ availability: 0.999 }) as [Objective]

/** A request every 10 s, of which this share is bad, evenly. */
function serve(budget: ErrorBudget, fromMs: number, untilMs: number, badShare: number): void {
  let owed = 0
  for (let now = fromMs; now < untilMs; now += 10_000) {
    owed += badShare
    const bad = owed >= 1 - 1e-9
    if (bad) owed -= 1
    budget.record(now, !bad)
  }
}

function firing(budget: ErrorBudget, now: number): string[] {
  return budget
    .alerts(now)
    .filter((alert) => alert.firing)
    .map(({ severity, longMs }) => `${severity} ${durationText(longMs)}`)
}

describe('alerts', () => {
  it('of 30 days have the factors of the workbook', () => {
    const told = burnWindowsOf(THREE_NINES).map(({ severity, longMs, shortMs, factor }) =>
      [severity, durationText(longMs), durationText(shortMs), factor].join(' '),
    )
    expect(told).toEqual(['page 1h 5m 14.4', 'page 6h 30m 6', 'ticket 1d 2h 3', 'ticket 3d 6h 1'])
  })

  it('page an outage within minutes, and fall silent soon after it', () => {
    const budget = new ErrorBudget(THREE_NINES)
    serve(budget, 0, 3 * DAY_MS, 0)
    expect(firing(budget, 3 * DAY_MS)).toEqual([])
    const outageMs = 10 * MINUTE_MS
    serve(budget, 3 * DAY_MS, 3 * DAY_MS + outageMs, 0.5)
    expect(firing(budget, 3 * DAY_MS + outageMs)).toContain('page 1h')
    serve(budget, 3 * DAY_MS + outageMs, 3 * DAY_MS + outageMs + 6 * MINUTE_MS, 0)
    expect(firing(budget, 3 * DAY_MS + outageMs + 6 * MINUTE_MS)).not.toContain('page 1h')
  })

  it('open a ticket for a slow leak that pages nobody', () => {
    const budget = new ErrorBudget(THREE_NINES)
    serve(budget, 0, 3 * DAY_MS, 1 / 500)
    expect(firing(budget, 3 * DAY_MS)).toEqual(['ticket 3d'])
  })

  it('that could never fire are left out', () => {
    const [loose] = objectivesOf({ availability: 0.9 }) as [Objective]
    expect(burnWindowsOf(loose).map(({ factor }) => factor)).toEqual([6, 3, 1])
    const [short] = objectivesOf({ availability: 0.99, windowMs: 6 * HOUR_MS }) as [Objective]
    expect(burnWindowsOf(short).map(({ longMs }) => durationText(longMs))).toEqual(['1h', '6h'])
  })
})

describe('the budget', () => {
  it('is untouched without traffic, and beyond used up at twice the allowance', () => {
    const budget = new ErrorBudget(THREE_NINES)
    expect(budget.remaining(0)).toBe(1)
    serve(budget, 0, DAY_MS, 1 / 500)
    expect(budget.remaining(DAY_MS)).toBeCloseTo(-1, 1)
    expect(budget.remaining(40 * DAY_MS)).toBe(1)
  })

  it('burns at the share of bad events over what is allowed, to within a slice of five seconds', () => {
    const events = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 40_000 }), good: fc.boolean() }), {
      minLength: 1,
      maxLength: 100,
    })
    fc.assert(
      fc.property(events, (steps) => {
        const budget = new ErrorBudget(THREE_NINES)
        const kept: { at: number; good: boolean }[] = []
        let now = 0
        for (const { afterMs, good } of steps) {
          now += afterMs
          budget.record(now, good)
          kept.push({ at: now, good })
          // Five minutes have buckets of just one slice, so that here the slice costs nothing.
          const recent = kept.filter(({ at }) => Math.floor(at / 5_000) > Math.floor(now / 5_000) - 60)
          const share = recent.filter((event) => !event.good).length / recent.length
          expect(budget.burnRate(now, 5 * MINUTE_MS)).toBeCloseTo(share / 0.001)
        }
      }),
    )
  })

  it('tells only windows that it measures', () => {
    expect(() => new ErrorBudget(THREE_NINES).burnRate(0, 1)).toThrow(
      'cannot tell burn rate: windowMs must be one of 300000, 1800000, 3600000',
    )
  })
})

it('a slow success spends the latency budget, a failure only that of availability', () => {
  const tracker = new ObjectiveTracker({ availability: 0.99, latency: { p99Ms: 100 } })
  tracker.record(0, true, 100)
  tracker.record(0, true, 101)
  tracker.record(0, false, 5_000)
  const rates = tracker.budgets.map((budget) => budget.burnRate(0, HOUR_MS))
  expect(rates[0]).toBeCloseTo(1 / 3 / 0.01)
  expect(rates[1]).toBeCloseTo(1 / 2 / 0.01)
  expect(tracker.alerts(0).filter(({ firing: isFiring }) => isFiring)).toHaveLength(8)
})

it.each([
  [{}, 'cannot create objective: availability must be given, or latency, got undefined'],
  [{ availability: 1 }, 'cannot create objective: availability must be above 0 and below 1, got 1'],
  [{ latency: { p99Ms: 0 } }, 'cannot create objective: latency.p99Ms must be a finite number > 0, got 0'],
  [
    { availability: 0.9, windowMs: 5 },
    'cannot create objective: windowMs must be milliseconds >= 3600000, got 5',
  ],
])('refuses %o', (targets, message) => {
  expect(() => objectivesOf(targets)).toThrow(message)
})
