import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { constant } from './backoff.js'
import { Retry, STOP_ATTEMPTS, STOP_DEADLINE, STOP_PUSHBACK, stopReason } from './retry.js'

const half = () => 0.5
const failed = { attempt: 1, now: 1_000, deadline: Infinity, previousDelayMs: 0 }

describe('retry', () => {
  it('counts every try: 3 attempts are 2 delays', () => {
    const retry = new Retry({}, half)
    const answers = [1, 2, 3].map((attempt) => retry.next({ ...failed, attempt }))
    expect(answers).toEqual([50, 100, STOP_ATTEMPTS])
  })

  it('never retries with one attempt', () => {
    expect(new Retry({ attempts: 1 }, half).next(failed)).toBe(STOP_ATTEMPTS)
  })

  it('goes on until a delay and a minimum try no longer fit before the deadline', () => {
    const retry = new Retry({ backoff: constant({ ms: 100 }), minimumTryMs: 50 }, half)
    expect(retry.next({ ...failed, deadline: 1_150 })).toBe(100)
    expect(retry.next({ ...failed, deadline: 1_149 })).toBe(STOP_DEADLINE)
  })

  it('waits at least as long as the server asks', () => {
    const retry = new Retry({ backoff: constant({ ms: 100 }) }, half)
    expect(retry.next({ ...failed, pushbackMs: 700 })).toBe(700)
    expect(retry.next({ ...failed, pushbackMs: 20 })).toBe(100)
    expect(retry.next({ ...failed, pushbackMs: 0 })).toBe(100)
    expect(retry.next({ ...failed, pushbackMs: NaN })).toBe(100)
    expect(retry.next({ ...failed, pushbackMs: '700' as unknown as number })).toBe(100)
    expect(retry.next({ ...failed, pushbackMs: 700, deadline: 1_500 })).toBe(STOP_DEADLINE)
  })

  it('stops on negative pushback, and on one too long to wait for', () => {
    const retry = new Retry({}, half)
    expect(retry.next({ ...failed, pushbackMs: -1 })).toBe(STOP_PUSHBACK)
    expect(retry.next({ ...failed, pushbackMs: 60_000 })).toBe(60_000)
    expect(retry.next({ ...failed, pushbackMs: 60_001 })).toBe(STOP_PUSHBACK)
    expect(retry.next({ ...failed, pushbackMs: Infinity })).toBe(STOP_PUSHBACK)
  })

  it('never answers a delay that misses the deadline, nor a try above the attempts', () => {
    const time = fc.double({ min: 0, max: 1e7, noNaN: true })
    fc.assert(
      fc.property(
        fc.record({
          attempts: fc.integer({ min: 1, max: 9 }),
          minimumTryMs: fc.integer({ min: 0, max: 999 }),
        }),
        fc.record({
          attempt: fc.integer({ min: 1, max: 12 }),
          now: time,
          deadline: fc.oneof(time, fc.constant(Infinity)),
          previousDelayMs: fc.integer({ min: 0, max: 5_000 }),
          pushbackMs: fc.option(fc.integer({ min: -5, max: 90_000 }), { nil: undefined }),
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (options, tried, u) => {
          const delayMs = new Retry(options, () => u).next(tried)
          if (delayMs < 0) return ['attempts', 'deadline', 'pushback'].includes(stopReason(delayMs))
          const fits = tried.now + delayMs + options.minimumTryMs <= tried.deadline
          return fits && tried.attempt < options.attempts && delayMs >= (tried.pushbackMs ?? 0)
        },
      ),
    )
  })

  it('names its reasons', () => {
    expect([STOP_ATTEMPTS, STOP_DEADLINE, STOP_PUSHBACK].map(stopReason)).toEqual([
      'attempts',
      'deadline',
      'pushback',
    ])
    expect(() => stopReason(0)).toThrow('cannot name stop reason: code must be from -3 to -1, got 0')
  })

  it('takes new options for calls under way', () => {
    const retry = new Retry({ attempts: 2 }, half)
    retry.reconfigure({ attempts: 5, backoff: constant({ ms: 7 }) })
    expect(retry.attempts).toBe(5)
    expect(retry.next({ ...failed, attempt: 2 })).toBe(7)
  })

  it.each([NaN, undefined, Infinity, -Infinity, -1, -5, '100', null])(
    'a backoff that gives %s ends the call with an error that says so, and why there was a retry at all',
    (delay) => {
      const retry = new Retry({ backoff: { delayMs: () => delay as number } }, half)
      const error = new Error('connection refused')
      expect(() => retry.next({ ...failed, error })).toThrow(
        expect.objectContaining({ code: 'WT_OPTION', option: 'backoff', cause: error }),
      )
    },
  )

  it.each(['5', null, {}])('takes a pushback of %j, which is no number, for none', (pushback) => {
    const retry = new Retry({ backoff: constant({ ms: 7 }) }, half)
    expect(retry.next({ ...failed, pushbackMs: pushback as never })).toBe(7)
  })

  it.each([
    [{ attempts: 0 }, 'cannot create retry: attempts must be an integer >= 1, got 0'],
    [{ attempts: Infinity }, 'cannot create retry: attempts must be an integer >= 1, got Infinity'],
    [{ attempts: 1.5 }, 'cannot create retry: attempts must be an integer >= 1, got 1.5'],
    [{ backoff: {} as never }, 'cannot create retry: backoff must be a backoff such as'],
    [{ minimumTryMs: -1 }, 'cannot create retry: minimumTryMs must be'],
    [{ attemts: 3 } as never, "cannot create retry: unknown option 'attemts'; did you mean attempts?"],
  ])('refuses %j', (options, message) => {
    expect(() => new Retry(options, half)).toThrow(message)
  })
})
