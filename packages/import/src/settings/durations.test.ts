import { describe, expect, it } from 'vitest'
import { daprDuration, goDuration, springDuration } from './durations.js'

describe('durations of other systems', () => {
  it.each([
    ['15s', 15_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['2m0.5s', 120_500],
    ['100µs', 0.1],
    ['0', 0],
    ['0s', 0],
  ])('Go reads %s as %d ms', (text, ms) => expect(goDuration(text)).toBeCloseTo(ms, 6))

  it.each(['5', 's', '-1s', '1d', '1 s', '1s1', ''])('Go refuses %j', (text) => {
    expect(goDuration(text)).toBeUndefined()
  })

  it('Dapr takes a plain number for milliseconds', () => {
    expect(daprDuration('500')).toBe(500)
    expect(daprDuration('1m30s')).toBe(90_000)
  })

  it.each([
    ['500', 500],
    ['500ms', 500],
    ['10s', 10_000],
    ['2M', 120_000],
    ['PT1.5S', 1_500],
    ['pt30s', 30_000],
    ['PT1H30M', 5_400_000],
    ['P1DT2H', 93_600_000],
    ['P2D', 172_800_000],
  ])('Spring reads %s as %d ms', (text, ms) => expect(springDuration(text)).toBe(ms))

  it.each(['P', 'PT', '1.5s', '-PT1S', '10 s', 'PT1', '${WAIT}', '1y'])('Spring refuses %j', (text) => {
    expect(springDuration(text)).toBeUndefined()
  })
})
