import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LONGEST_DELAY_MS } from './clock.js'
import { systemClock } from './system-clock.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('waits out a delay that platform timers cannot count, instead of firing at once', () => {
  const fired = vi.fn<() => void>()
  systemClock.setTimer(2 * LONGEST_DELAY_MS + 1_000, fired)
  vi.advanceTimersByTime(2 * LONGEST_DELAY_MS + 999)
  expect(fired).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(fired).toHaveBeenCalledOnce()
})

it('never fires once cancelled, whichever part of a long delay is running', () => {
  const fired = vi.fn<() => void>()
  const timer = systemClock.setTimer(LONGEST_DELAY_MS + 1_000, fired)
  vi.advanceTimersByTime(LONGEST_DELAY_MS + 1)
  timer.cancel()
  vi.advanceTimersByTime(LONGEST_DELAY_MS)
  expect(fired).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})

it('rounds up, so that nothing fires before its time', () => {
  const fired = vi.fn<() => void>()
  systemClock.setTimer(10.2, fired)
  vi.advanceTimersByTime(10)
  expect(fired).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(fired).toHaveBeenCalledOnce()
})

it('tells the time of performance.now, and that of fake timers while they are in place', () => {
  expect(Math.abs(systemClock.now() - performance.now())).toBeLessThan(5)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const before = systemClock.now()
  vi.advanceTimersByTime(60_000)
  expect(systemClock.now() - before).toBe(60_000)
  vi.useRealTimers()
  expect(Math.abs(systemClock.now() - performance.now())).toBeLessThan(5)
})
