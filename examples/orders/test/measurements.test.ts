import { expect, test } from 'vitest'
import { Histogram } from '../src/load/histogram.js'
import { Measurements } from '../src/load/measurements.js'

test('quantiles are within 2.5% of what was recorded', () => {
  const histogram = new Histogram()
  for (let ms = 1; ms <= 1_000; ms += 1) histogram.record(ms)
  for (const share of [0.01, 0.5, 0.99, 1]) {
    const expected = share * 1_000
    expect(Math.abs(histogram.quantile(share) - expected) / expected).toBeLessThan(0.026)
  }
})

test('a histogram without records, and with extreme ones', () => {
  const histogram = new Histogram()
  expect(histogram.quantile(0.5)).toBe(0)
  histogram.record(0)
  expect(histogram.quantile(0.5)).toBeGreaterThan(0)
  histogram.record(1e12)
  expect(histogram.quantile(1)).toBeGreaterThan(1e5)
})

test('the recent part forgets after ten seconds, the whole does not', () => {
  let now = 500_250
  const measurements = new Measurements(() => now)
  for (let call = 0; call < 4; call += 1) measurements.record('unavailable', 100)
  now += 5_000
  for (let call = 0; call < 4; call += 1) measurements.record('placed', 10)
  expect(measurements.snapshot().recent).toMatchObject({ total: 8, successShare: 0.5 })
  now += 5_000
  expect(measurements.snapshot().recent).toMatchObject({ total: 4, successShare: 1, counts: { placed: 4 } })
  now += 60_000
  expect(measurements.snapshot()).toMatchObject({
    recent: { total: 0, successShare: 1, p50Ms: 0 },
    perSecond: 0,
    overall: { total: 8 },
  })
})

test('the rate is right from the first seconds on', () => {
  let now = 0
  const measurements = new Measurements(() => now)
  const rates: number[] = []
  for (; now < 30_000; now += 50) {
    measurements.record('placed', 10)
    if (now >= 2_000) rates.push(measurements.snapshot().perSecond)
  }
  expect(Math.min(...rates)).toBeGreaterThan(19)
  expect(Math.max(...rates)).toBeLessThan(21)
})

test('an order that cannot be is rightly declined', () => {
  const measurements = new Measurements(() => 1)
  measurements.record('placed', 1)
  measurements.record('declined', 1)
  measurements.record('placed', 1)
  measurements.record('unavailable', 1)
  expect(measurements.snapshot().overall.successShare).toBe(0.75)
})
