import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Duration, durationMs, formatDuration } from './duration.js'
import { formatPercentage, type Percentage, percentageShare } from './percentage.js'
import { type Size, sizeBytes } from './size.js'

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['3s', 3_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
    ['0ms', 0],
  ] as const)('%s is %d ms', (text, ms) => expect(durationMs(text)).toBe(ms))

  it.each(['3', 's', '-1s', '1w', '1e3s', '9999999999s', '1 s'])('refuses %s', (text) => {
    expect(() => durationMs(text as Duration)).toThrow(`got ${text}`)
  })

  it('reads what it writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999 }),
        (ms) => durationMs(formatDuration(ms) as Duration) === ms,
      ),
    )
    expect([3_600_000, 90_000, 1_500, 250].map(formatDuration)).toEqual(['1h', '90s', '1.5s', '250ms'])
    expect(formatDuration(Infinity)).toBe('no limit')
  })
})

describe('percentages', () => {
  it.each([
    ['50%', 0.5],
    ['99.9%', 0.999],
    ['0%', 0],
    ['100%', 1],
  ] as const)('%s is %d', (text, share) => {
    expect(percentageShare(text)).toBe(share)
    expect(formatPercentage(share)).toBe(text)
  })

  it.each(['50', '101%', '-1%', '100.1%'])('refuses %s', (text) => {
    expect(() => percentageShare(text as Percentage)).toThrow(`got ${text}`)
  })
})

describe('sizes', () => {
  it.each([
    ['512B', 512],
    ['64KiB', 65_536],
    ['2MiB', 2_097_152],
    ['1MB', 1_000_000],
    ['3kB', 3_000],
  ] as const)('%s is %d bytes', (text, bytes) => expect(sizeBytes(text)).toBe(bytes))

  it('refuses a size without a unit', () => expect(() => sizeBytes('64' as Size)).toThrow('got 64'))
})
