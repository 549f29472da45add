import { expect, test } from 'vitest'
import { Histogram } from './histogram.js'

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
