import { checkOptions, refusedOption } from '../options/check-options.js'
import {
  anything,
  atLeast,
  integer,
  milliseconds,
  number,
  oneOf,
  nested,
  required,
  text,
  type Rules,
} from '../options/rules.js'
import type { WindowShape } from './window.js'
import { circuitBreakerDefaults } from './circuit-breaker-defaults.js'

/** How the time in state open grows while trial calls keep failing. */
export interface OpenGrowth {
  /** Multiplies `openForMs` each time the circuit opens again without having closed; >= 1, default 2. */
  readonly factor?: number | undefined
  /** Upper bound of the grown time in milliseconds, >= `openForMs`; default 10 times `openForMs`. */
  readonly maxMs?: number | undefined
  /**
   * Spreads the trial calls of many processes: `'equal'` draws between half the time and all of it, `'full'`
   * between nothing and all of it, `'none'` draws nothing. Default `'equal'`.
   */
  readonly jitter?: 'full' | 'equal' | 'none' | undefined
}

/**
 * When a circuit opens, for how long, and how it finds out that it may close.
 *
 * @example
 * const options = { window: { durationMs: 10_000 }, failureRate: 0.5, slowCalls: { overMs: 800, rate: 0.8 } }
 */
export interface CircuitBreakerOptions {
  /** What is protected, for messages: `circuit of payment is open`. Default: the circuit has no name. */
  readonly name?: string | undefined
  /**
   * The calls that are judged: the last `calls` (1 to 1,000,000), or those of the last `durationMs`
   * milliseconds (>= 1). Default `{ calls: 100 }`.
   */
  readonly window?: { readonly calls: number } | { readonly durationMs: number } | undefined
  /** Opens after this many failures in a row instead of judging a window; 1 to 1,000,000. */
  readonly consecutiveFailures?: number | undefined
  /** Fewer calls in the window than this decide nothing; >= 1, default 10 or `window.calls` if that is less. */
  readonly minimumCalls?: number | undefined
  /** Share of failed calls, in the window or among trial calls, that opens; above 0, up to 1, default 0.5. */
  readonly failureRate?: number | undefined
  /**
   * Opens when this share of calls, above 0 and up to 1, took longer than `overMs` milliseconds (>= 1). Calls
   * still in flight after that time count too. Default: slow calls do not matter.
   */
  readonly slowCalls?: { readonly overMs: number; readonly rate: number } | undefined
  /** Milliseconds in state open before trial calls are admitted; >= 1, default 30,000. */
  readonly openForMs?: number | undefined
  /** Default: every period in state open lasts exactly `openForMs`. */
  readonly openGrowth?: OpenGrowth | undefined
  /** Trial calls that a half-open circuit admits; 1 to 1,000,000, default 5. */
  readonly halfOpenCalls?: number | undefined
  /** Milliseconds after which hung trial calls no longer hold the circuit half-open; >= 1, default `openForMs`. */
  readonly halfOpenMaxMs?: number | undefined
}

/** The options with every default filled in. */
export interface CircuitSettings {
  readonly window: WindowShape
  /** Whether the window asks when a success was. */
  readonly datesSuccess: boolean
  readonly minimumCalls: number
  /** What trips a closed circuit; 1 for consecutive failures. */
  readonly tripRate: number
  readonly tripTrigger: 'failure-rate' | 'consecutive-failures'
  readonly failureRate: number
  /** Infinity when slow calls do not matter, and so for the rate. */
  readonly slowOverMs: number
  readonly slowRate: number
  readonly openForMs: number
  readonly growthFactor: number
  readonly openMaxMs: number
  readonly jitter: 'full' | 'equal' | 'none'
  readonly halfOpenCalls: number
  readonly halfOpenMaxMs: number
}

const policy = 'circuit breaker'
const callsMax = 1_000_000

const rate = number('a number above 0 and up to 1', (value) => value > 0 && value <= 1)

const rules: Rules = {
  name: text,
  window: nested({ calls: integer(1, callsMax), durationMs: milliseconds(1) }),
  consecutiveFailures: integer(1, callsMax),
  minimumCalls: integer(1),
  failureRate: rate,
  slowCalls: nested({ overMs: required(milliseconds(1)), rate: required(rate) }),
  openForMs: milliseconds(1),
  openGrowth: nested({
    factor: atLeast(1),
    maxMs: anything,
    jitter: oneOf('full', 'equal', 'none'),
  }),
  halfOpenCalls: integer(1, callsMax),
  halfOpenMaxMs: milliseconds(1),
}

/**
 * Checks the options, with those of `more` among them, and fills in the defaults.
 *
 * @throws {OptionError} for an unknown option, a value out of range, or two that exclude each other
 */
export function circuitSettings(options: CircuitBreakerOptions, more?: Rules): CircuitSettings {
  checkOptions(policy, options, { ...rules, ...more })
  const defaults = circuitBreakerDefaults
  const { consecutiveFailures, openForMs = defaults.openForMs } = options
  if (consecutiveFailures !== undefined) {
    for (const other of ['window', 'minimumCalls', 'slowCalls'] as const)
      refuseUnless(
        options[other] === undefined,
        other,
        'absent when consecutiveFailures is given',
        options[other],
      )
  }
  const {
    // Failures in a row are a window in which nothing else is left.
    window = { calls: consecutiveFailures ?? defaults.calls },
    failureRate = defaults.failureRate,
    slowCalls: { overMs, rate: slowRate } = { overMs: Infinity, rate: Infinity },
    openGrowth: { factor = 2, maxMs = openForMs * 10, jitter = 'equal' } = {
      factor: 1,
      maxMs: openForMs,
      jitter: 'none',
    },
    halfOpenCalls = defaults.halfOpenCalls,
    halfOpenMaxMs = openForMs,
  } = options
  const { calls, durationMs } = window as { readonly calls?: number; readonly durationMs?: number }
  const isTimed = calls === undefined
  refuseUnless(isTimed !== (durationMs === undefined), 'window', 'either { calls } or { durationMs }', window)
  const size = calls ?? durationMs!
  const callsMost = calls ?? Infinity
  const { minimumCalls = consecutiveFailures ?? Math.min(defaults.minimumCalls, callsMost) } = options
  refuseUnless(
    minimumCalls <= callsMost,
    'minimumCalls',
    `at most window.calls, which is ${callsMost}`,
    minimumCalls,
  )
  const { accepts, allowed } = milliseconds(openForMs)
  refuseUnless(accepts(maxMs), 'openGrowth.maxMs', allowed, maxMs)
  return interned({
    window: { kind: isTimed ? 'time' : 'count', size },
    datesSuccess: isTimed,
    minimumCalls,
    tripRate: consecutiveFailures === undefined ? failureRate : 1,
    tripTrigger: consecutiveFailures === undefined ? 'failure-rate' : 'consecutive-failures',
    failureRate,
    slowOverMs: overMs,
    slowRate,
    openForMs,
    growthFactor: factor,
    openMaxMs: maxMs,
    jitter,
    halfOpenCalls,
    halfOpenMaxMs,
  })
}

function refuseUnless(isAllowed: boolean, option: string, allowed: string, given: unknown): void {
  if (!isAllowed) throw refusedOption(policy, option, allowed, given)
}

const INTERNED_MAX = 1_000
const internedSettings = new Map<string, CircuitSettings>()

/** Breakers by key are many and configured alike: they keep one copy of their settings. */
function interned(settings: CircuitSettings): CircuitSettings {
  // Infinity, the only value that JSON cannot tell, stands in no place where null could.
  const key = JSON.stringify(settings)
  const known = internedSettings.get(key)
  if (known === undefined && internedSettings.size < INTERNED_MAX) internedSettings.set(key, settings)
  return known ?? settings
}
