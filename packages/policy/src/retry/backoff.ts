import type { Random } from '../clock/random.js'
import { checkOptions, refusedOption } from '../options/check-options.js'
import { atLeast, milliseconds, oneOf, required } from '../options/rules.js'
import { backoffDefaults } from './backoff-defaults.js'
import { type Jitter, jitterNames } from './jitter-names.js'

/**
 * How long to wait before each further try. Immutable, so that one backoff can serve any number of policies.
 *
 * The exponential form with its jitters follows "Exponential Backoff And Jitter" of the AWS Architecture Blog
 * (2015). O(1) a delay, nothing allocated.
 */
export interface Backoff {
  /**
   * The delay in milliseconds after try number `attempt`, the first being 1.
   *
   * `previousMs` is the delay before that try, 0 when there was none; `random` is uniform in [0, 1).
   */
  delayMs(attempt: number, previousMs: number, random: Random): number
}

export interface ConstantOptions {
  /** Milliseconds before every further try; 0 tries again at once. */
  readonly ms: number
}

/**
 * The same delay each time.
 *
 * @example constant({ ms: 250 })
 * @throws {OptionError} when `ms` is not a finite number >= 0
 */
export function constant(options: ConstantOptions): Backoff {
  checkOptions('constant backoff', options, { ms: required(milliseconds()) })
  const { ms } = options
  return Object.freeze({ delayMs: () => ms })
}

export interface LinearOptions {
  /** Milliseconds before the second try. */
  readonly initialMs: number
  /** Milliseconds added with each further try. */
  readonly stepMs: number
  /** The longest delay, in milliseconds; at least `initialMs`. */
  readonly maxMs: number
}

/**
 * A delay that grows by a fixed step.
 *
 * @example linear({ initialMs: 100, stepMs: 100, maxMs: 1_000 })
 * @throws {OptionError} when an option is missing or out of its range
 */
export function linear(options: LinearOptions): Backoff {
  checkOptions('linear backoff', options, {
    initialMs: required(milliseconds()),
    stepMs: required(milliseconds()),
    maxMs: required(milliseconds()),
  })
  const { initialMs, stepMs, maxMs } = options
  checkBounds('linear backoff', initialMs, maxMs)
  return Object.freeze({
    delayMs: (attempt: number) => Math.min(maxMs, initialMs + stepMs * (attempt - 1)),
  })
}

export interface ExponentialOptions {
  /** Milliseconds of the first ceiling. Default 100. */
  readonly initialMs?: number
  /** The longest delay, in milliseconds; at least `initialMs`. Default 30 times `initialMs`. */
  readonly maxMs?: number
  /** What each ceiling is multiplied by to get the next; at least 1, unused by `decorrelated`. Default 2. */
  readonly factor?: number
  /** Default `full`. */
  readonly jitter?: Jitter
}

/**
 * A delay whose ceiling doubles with every try, with jitter.
 *
 * @example exponential({ initialMs: 100, maxMs: 3_000, jitter: 'full' })
 * @throws {OptionError} when an option is out of its range
 */
export function exponential(options: ExponentialOptions = {}): Backoff {
  checkOptions('exponential backoff', options, {
    initialMs: milliseconds(),
    maxMs: milliseconds(),
    factor: atLeast(1),
    jitter: oneOf(...jitterNames),
  })
  const { initialMs = backoffDefaults.initialMs, maxMs = backoffDefaults.longest * initialMs } = options
  const { factor = backoffDefaults.factor, jitter = backoffDefaults.jitter } = options
  checkBounds('exponential backoff', initialMs, maxMs)
  const ceiling = (attempt: number): number =>
    // The power of a huge attempt is Infinity, and 0 times Infinity is not a number.
    Math.min(maxMs, initialMs * Math.min(Number.MAX_VALUE, factor ** (attempt - 1)))
  switch (jitter) {
    case 'full':
      return Object.freeze({
        delayMs: (attempt: number, _: number, random: Random) => random() * ceiling(attempt),
      })
    case 'equal':
      return Object.freeze({
        delayMs: (attempt: number, _: number, random: Random) => (0.5 + random() / 2) * ceiling(attempt),
      })
    case 'decorrelated':
      return Object.freeze({
        delayMs: (_: number, previousMs: number, random: Random) => {
          const upper = 3 * Math.max(initialMs, previousMs)
          return Math.min(maxMs, initialMs + random() * (upper - initialMs))
        },
      })
    case 'none':
      return Object.freeze({ delayMs: ceiling })
  }
}

function checkBounds(name: string, initialMs: number, maxMs: number): void {
  if (maxMs >= initialMs && Number.isFinite(maxMs)) return
  throw refusedOption(name, 'maxMs', `a finite number >= initialMs (${initialMs})`, maxMs)
}
