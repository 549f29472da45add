import { expect, it } from 'vitest'
import { formatBytes, formatCount, formatNoun, formatRate, formatShare } from './format-count.js'
import {
  formatAgo,
  formatChosenDuration,
  formatClock,
  formatDuration,
  formatMoment,
  formatPercentiles,
} from './format-duration.js'

it.each([
  [null, '–'],
  [0, '0'],
  [0.01, '<0.1'],
  [0.4, '0.4'],
  [9.94, '9.9'],
  [9.96, '10'],
  [42.4, '42'],
  [999.4, '999'],
  [999.6, '1.0k'],
  [12_345, '12k'],
])('a rate of %s is written %s', (rate, text) => {
  expect(formatRate(rate)).toBe(text)
})

it.each([
  [null, '–'],
  [0, '0%'],
  [0.0001, '<0.1%'],
  [0.0124, '1.2%'],
  [0.42, '42%'],
  [0.994, '99.4%'],
  [0.9996, '99.96%'],
  [0.99999, '99.99%'],
  [1, '100%'],
  [-0.4, '-40%'],
])('a share of %s is written %s', (share, text) => {
  expect(formatShare(share)).toBe(text)
})

it.each([
  [null, '–'],
  [0, '0 ms'],
  [0.2, '<1 ms'],
  [4.24, '4.2 ms'],
  [9.96, '10 ms'],
  [48.2, '48 ms'],
  [999.7, '1.00 s'],
  [1_250, '1.25 s'],
  [12_340, '12.3 s'],
  [59_960, '1 min'],
  [125_000, '2 min 5 s'],
  [11_040_000, '3 h 4 min'],
  [86_400_000, '1 d'],
  [183_600_000, '2 d 3 h'],
])('%s ms are written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

it('two percentiles share their unit where they have the same', () => {
  expect(formatPercentiles(12, 48)).toBe('12 / 48 ms')
  expect(formatPercentiles(12, 1_480)).toBe('12 ms / 1.48 s')
  expect(formatPercentiles(0.4, 48)).toBe('<1 ms / 48 ms')
  expect(formatPercentiles(null, null)).toBe('– / –')
})

it('counts are grouped, bytes have a unit, nouns their plural', () => {
  expect(formatCount(1_204)).toBe('1,204')
  expect(formatCount(null)).toBe('–')
  expect(formatBytes(812)).toBe('812 B')
  expect(formatBytes(4_210)).toBe('4.2 kB')
  expect(formatBytes(999_600)).toBe('1.0 MB')
  expect(formatNoun(1, 'replica')).toBe('1 replica')
  expect(formatNoun(3, 'retry', 'retries')).toBe('3 retries')
})

it('a moment of another day says which', () => {
  const at = new Date(2026, 10, 28, 12, 3, 9).getTime()
  expect(formatClock(at)).toBe('12:03:09')
  expect(formatMoment(at, at + 1_000)).toBe('12:03:09')
  expect(formatMoment(at, at + 86_400_000)).toBe('28 Nov, 12:03:09')
})

it('how long ago is told coarsely', () => {
  expect([0, 12_000, 240_000, 7_200_000, 200_000_000].map((ms) => formatAgo(0, ms))).toEqual([
    'now',
    '12 s ago',
    '4 min ago',
    '2 h ago',
    '2 d ago',
  ])
})

it('what somebody has chosen is told without the zeros of a measurement', () => {
  expect([10, 250, 2_000, 2_500, 10_000, 60_000].map(formatChosenDuration)).toEqual([
    '10 ms',
    '250 ms',
    '2 s',
    '2.50 s',
    '10 s',
    '1 min',
  ])
})
