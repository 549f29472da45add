import { describe, expect, it } from 'vitest'
import { CircuitBreaker } from './circuit-breaker.js'
import { circuitSettings } from './circuit-breaker-options.js'

function messageOf(options: object): string {
  try {
    new CircuitBreaker(options, () => 0)
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

const fields: readonly (readonly [path: string, wrap: (value: unknown) => object, allowed: string])[] = [
  ['consecutiveFailures', (value) => ({ consecutiveFailures: value }), 'an integer >= 1 and <= 1000000'],
  ['minimumCalls', (value) => ({ minimumCalls: value }), 'an integer >= 1'],
  ['failureRate', (value) => ({ failureRate: value }), 'a number above 0 and up to 1'],
  ['openForMs', (value) => ({ openForMs: value }), 'a finite number of milliseconds >= 1'],
  ['halfOpenCalls', (value) => ({ halfOpenCalls: value }), 'an integer >= 1 and <= 1000000'],
  ['halfOpenMaxMs', (value) => ({ halfOpenMaxMs: value }), 'a finite number of milliseconds >= 1'],
  ['window.calls', (value) => ({ window: { calls: value } }), 'an integer >= 1 and <= 1000000'],
  [
    'window.durationMs',
    (value) => ({ window: { durationMs: value } }),
    'a finite number of milliseconds >= 1',
  ],
  [
    'slowCalls.overMs',
    (value) => ({ slowCalls: { overMs: value, rate: 1 } }),
    'a finite number of milliseconds >= 1',
  ],
  ['slowCalls.rate', (value) => ({ slowCalls: { overMs: 1, rate: value } }), 'a number above 0 and up to 1'],
  ['openGrowth.factor', (value) => ({ openGrowth: { factor: value } }), 'a finite number >= 1'],
  [
    'openGrowth.maxMs',
    (value) => ({ openGrowth: { maxMs: value } }),
    'a finite number of milliseconds >= 30000',
  ],
  ['openGrowth.jitter', (value) => ({ openGrowth: { jitter: value } }), "one of 'full', 'equal', 'none'"],
]

describe('extreme options are refused at construction (rule 16)', () => {
  for (const [path, wrap, allowed] of fields) {
    it.each([0, -1, NaN, Infinity, -Infinity])(`${path}: %d`, (value) => {
      expect(messageOf(wrap(value))).toBe(
        `cannot create circuit breaker: ${path} must be ${allowed}, got ${value}`,
      )
    })
  }

  it.each([
    [{ failureRat: 0.5 }, "unknown option 'failureRat'; did you mean failureRate?"],
    [{ window: { call: 5 } }, "unknown option 'window.call'; did you mean window.calls?"],
    [{ window: {} }, 'window must be either { calls } or { durationMs }, got an object'],
    [
      { window: { calls: 5, durationMs: 5 } },
      'window must be either { calls } or { durationMs }, got an object',
    ],
    [{ window: 5 }, 'window must be an object, got 5'],
    [{ slowCalls: { overMs: 5 } }, 'slowCalls.rate must be a number above 0 and up to 1, got undefined'],
    [{ failureRate: 1.01 }, 'failureRate must be a number above 0 and up to 1, got 1.01'],
    [
      { window: { calls: 5 }, minimumCalls: 6 },
      'minimumCalls must be at most window.calls, which is 5, got 6',
    ],
    [
      { consecutiveFailures: 5, window: { calls: 5 } },
      'window must be absent when consecutiveFailures is given, got an object',
    ],
    [
      { consecutiveFailures: 5, minimumCalls: 5 },
      'minimumCalls must be absent when consecutiveFailures is given, got 5',
    ],
  ])('%j', (options, message) => {
    expect(messageOf(options)).toBe(`cannot create circuit breaker: ${message}`)
  })

  it('accepts what is extreme and means something', () => {
    expect(messageOf({ window: { calls: 1 }, minimumCalls: 1, failureRate: 1, halfOpenCalls: 1 })).toBe(
      'accepted',
    )
    expect(messageOf({ openForMs: 1, openGrowth: { factor: 1, maxMs: 1 }, failureRate: 1e-9 })).toBe(
      'accepted',
    )
  })

  it('names the option at fault by its path', () => {
    expect(() => circuitSettings({ window: { calls: 0 } })).toThrow(
      expect.objectContaining({ code: 'WT_OPTION', option: 'window.calls' }),
    )
  })
})

it('has defaults that need ten calls and half of them failed', () => {
  expect(circuitSettings({})).toMatchObject({
    window: { kind: 'count', size: 100 },
    minimumCalls: 10,
    failureRate: 0.5,
    openForMs: 30_000,
    openMaxMs: 30_000,
    halfOpenCalls: 5,
    halfOpenMaxMs: 30_000,
  })
  expect(circuitSettings({ window: { calls: 4 } }).minimumCalls).toBe(4)
  expect(circuitSettings({ window: { durationMs: 5_000 } }).minimumCalls).toBe(10)
})
