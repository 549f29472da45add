import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HedgeDelay, HEDGE_STOP, type HedgeDelayOptions } from './hedge-delay.js'
import { LatencyHistogram } from './latency-histogram.js'

/** One bucket is a quarter of a doubling wide. */
const BUCKET = 2 ** 0.25

function recordAll(hedge: HedgeDelay, durations: readonly number[]): void {
  for (const duration of durations) hedge.record(duration)
}

function oneToHundred(times: number): number[] {
  return Array.from({ length: 100 * times }, (_, index) => (index % 100) + 1)
}

describe('hedge delay', () => {
  it('waits the fixed delay before each further run, and starts no more than allowed', () => {
    const hedge = new HedgeDelay({ delayMs: 40, extra: 2 })
    expect([0, 1, 2, 3].map((started) => hedge.next(started))).toEqual([40, 40, HEDGE_STOP, HEDGE_STOP])
    hedge.record(5_000)
    expect(hedge.next(0)).toBe(40)
    expect(new HedgeDelay({ delayMs: 0 }).next(0)).toBe(0)
  })

  it('hedges nothing until it has seen enough calls', () => {
    const hedge = new HedgeDelay({ quantile: 0.95, minimumSamples: 3 })
    const answers = [10, 10, 10].map((duration) => {
      hedge.record(duration)
      return hedge.next(0)
    })
    expect(answers.slice(0, 2)).toEqual([HEDGE_STOP, HEDGE_STOP])
    expect(answers[2]).toBeGreaterThanOrEqual(10)
    expect(answers[2]).toBeLessThan(10 * BUCKET)
    expect(hedge.next(1)).toBe(HEDGE_STOP)
  })

  it('waits for the observed quantile', () => {
    const hedge = new HedgeDelay({ quantile: 0.95 })
    recordAll(hedge, oneToHundred(3))
    expect(hedge.next(0)).toBeGreaterThanOrEqual(95)
    expect(hedge.next(0)).toBeLessThan(95 * BUCKET)
  })

  it('follows latency that changes, within some hundred calls', () => {
    const hedge = new HedgeDelay({ quantile: 0.5 })
    recordAll(
      hedge,
      Array.from({ length: 100_000 }, () => 10),
    )
    recordAll(
      hedge,
      Array.from({ length: 1_100 }, () => 200),
    )
    expect(hedge.next(0)).toBeGreaterThanOrEqual(200)
    expect(hedge.next(0)).toBeLessThan(200 * BUCKET)
  })

  it('stays within its bounds', () => {
    const hedge = new HedgeDelay({ quantile: 0.9, minMs: 20, maxMs: 50, minimumSamples: 1 })
    hedge.record(0)
    expect(hedge.next(0)).toBe(20)
    recordAll(
      hedge,
      oneToHundred(2).map((duration) => duration * 1_000),
    )
    expect(hedge.next(0)).toBe(50)
  })

  it('keeps what it has observed when options change', () => {
    const hedge = new HedgeDelay({ quantile: 0.95 })
    recordAll(hedge, oneToHundred(1))
    hedge.reconfigure({ quantile: 0.5, extra: 3 })
    expect(hedge.extra).toBe(3)
    expect(hedge.next(2)).toBeGreaterThanOrEqual(50)
    expect(hedge.next(2)).toBeLessThan(50 * BUCKET)
    hedge.reconfigure({ delayMs: 7 })
    expect(hedge.next(0)).toBe(7)
  })

  it.each([
    [{}, 'cannot create hedge: one of delayMs and quantile must be given, got neither'],
    [
      { delayMs: 1, quantile: 0.5 },
      'cannot create hedge: one of delayMs and quantile must be given, got both',
    ],
    [{ delayMs: 1, minMs: 1 }, 'cannot create hedge: minMs must be absent with delayMs, got 1'],
    [{ quantile: 1 }, 'cannot create hedge: quantile must be a number between 0 and 1, got 1'],
    [{ quantile: NaN }, 'quantile must be a number between 0 and 1, got NaN'],
    [{ delayMs: Infinity }, 'delayMs must be a finite number of milliseconds >= 0, got Infinity'],
    [{ delayMs: 1, extra: 0 }, 'extra must be an integer >= 1 and <= 10, got 0'],
    [{ quantile: 0.5, minMs: 9, maxMs: 8 }, 'maxMs must be >= minMs (9), got 8'],
    [{ quantile: 0.5, minimumSamples: 401 }, 'minimumSamples must be an integer >= 1 and <= 400, got 401'],
  ] satisfies [HedgeDelayOptions, string][])('refuses %j', (options, message) => {
    expect(() => new HedgeDelay(options)).toThrow(message)
  })
})

describe('latency histogram', () => {
  it('is right to within one bucket of the sorted list', () => {
    const durations = fc.array(fc.double({ min: 0.1, max: 88_000, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    })
    fc.assert(
      fc.property(durations, fc.constantFrom(0.01, 0.5, 0.9, 0.95, 0.99), (list, quantile) => {
        const histogram = new LatencyHistogram()
        for (const duration of list) histogram.record(duration)
        const sorted = list.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(0, Math.ceil(quantile * list.length - 1e-9) - 1)]!
        expect(histogram.quantile(quantile)).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
        expect(histogram.quantile(quantile)).toBeLessThan(exact * BUCKET * (1 + 1e-9))
      }),
    )
  })

  it('keeps a bounded count, never too small for the largest minimum', () => {
    const histogram = new LatencyHistogram()
    for (let call = 0; call < 400; call++) histogram.record(2 ** (call % 20))
    for (let call = 0; call < 5_000; call++) {
      histogram.record(2 ** (((call * 7) % 81) / 4) / 10)
      expect(histogram.total).toBeGreaterThanOrEqual(400)
      expect(histogram.total).toBeLessThan(1_024)
    }
  })

  it('takes extremes and ignores what is no number', () => {
    const histogram = new LatencyHistogram()
    expect(histogram.quantile(0.5)).toBe(0)
    for (const odd of [NaN, -1]) histogram.record(odd)
    expect(histogram.total).toBe(0)
    histogram.record(0)
    expect(histogram.quantile(0.5)).toBe(0.1)
    for (const long of [Infinity, 1e300]) histogram.record(long)
    expect(histogram.quantile(0.99)).toBeGreaterThan(80_000)
  })
})
