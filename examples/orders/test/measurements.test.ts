import { expect, test } from 'vitest'
import { Measurements } from '../src/load/measurements.js'

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
