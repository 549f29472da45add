import type { Random } from '../clock/random.js'
import { checkOptions } from '../options/check-options.js'
import { OptionError } from '../options/option-error.js'
import { quote } from '../options/quote.js'
import { having, integer, milliseconds, type Rules } from '../options/rules.js'
import { exponential, type Backoff } from './backoff.js'
import { retryDefaults } from './retry-defaults.js'

/** What the decision itself needs to know; predicates and budgets belong to whoever drives it. */
export interface RetryDecisionOptions {
  /** How many tries in all, the first included. 1 never retries. Default 3. */
  readonly attempts?: number | undefined
  /** The delays between tries. Default `exponential({ initialMs: 100, maxMs: 3_000 })` with full jitter. */
  readonly backoff?: Backoff | undefined
  /** A further try is made only if at least this many milliseconds are left for it. Default 0. */
  readonly minimumTryMs?: number | undefined
  /**
   * The longest `Retry-After`, in milliseconds, that is waited for; a server that asks for more is not tried
   * again. Default 60000.
   */
  readonly maxPushbackMs?: number | undefined
}

/** What the decision is told about a try that failed. Drivers may reuse one object for all tries of a call. */
export interface FailedTry {
  /** Number of the try that failed, from 1. */
  readonly attempt: number
  /** Monotonic milliseconds. */
  readonly now: number
  /** When the call as a whole must be over; `Infinity` for never. */
  readonly deadline: number
  /** The delay before the failed try, 0 for the first. */
  readonly previousDelayMs: number
  /** What the server asked for (`Retry-After`, `grpc-retry-pushback-ms`); negative means do not retry. */
  readonly pushbackMs?: number | undefined
  /** What failed: the cause of the error that a nonsensical backoff ends in. */
  readonly error?: unknown
}

/** All tries are used up. */
export const STOP_ATTEMPTS = -1
/** The delay and a minimum try do not fit before the deadline. */
export const STOP_DEADLINE = -2
/** The server asked not to be tried again, or not so soon that waiting makes sense. */
export const STOP_PUSHBACK = -3

const REASONS = ['attempts', 'deadline', 'pushback'] as const

/** The reason behind a negative answer of `Retry.next`. */
export function stopReason(code: number): (typeof REASONS)[number] {
  const reason = REASONS[-1 - code]
  if (reason === undefined)
    throw new RangeError(`cannot name stop reason: code must be from -3 to -1, got ${code}`)
  return reason
}

/**
 * Decides whether a failed call is tried again, and when.
 *
 * Holds no state of any call, so one serves all of them. O(1), and the answer is a number: nothing is allocated.
 *
 * @example
 * const retry = new Retry({ attempts: 3 }, () => 0.5)
 * const delayMs = retry.next({ attempt: 1, now: 0, deadline: 500, previousDelayMs: 0 })
 * if (delayMs < 0) console.log(stopReason(delayMs))
 */
export class Retry {
  readonly #random: Random
  #attempts: number = 0
  #backoff: Backoff
  #minimumTryMs: number = 0
  #maxPushbackMs: number = 0

  /**
   * @param more the rules of further options, which are its driver's
   * @throws {OptionError} when an option is unknown or out of its range
   */
  constructor(options: RetryDecisionOptions, random: Random, more?: Rules) {
    this.#random = random
    this.#backoff = DEFAULT_BACKOFF
    this.reconfigure(options, more)
  }

  get attempts(): number {
    return this.#attempts
  }

  /**
   * The delay in milliseconds before the next try, or one of the negative `STOP_` codes.
   *
   * @throws {OptionError} when the backoff gives no finite number >= 0: nobody may wait for ever, or believe that
   * the server has asked for silence
   */
  next(failed: FailedTry): number {
    if (failed.attempt >= this.#attempts) return STOP_ATTEMPTS
    let delayMs = this.#backoff.delayMs(failed.attempt, failed.previousDelayMs, this.#random)
    if (!Number.isFinite(delayMs) || delayMs < 0) throw nonsense(delayMs, failed.error)
    const pushbackMs = failed.pushbackMs
    // What is no number is no pushback, and neither is NaN, which compares false everywhere.
    if (typeof pushbackMs === 'number') {
      if (pushbackMs < 0 || pushbackMs > this.#maxPushbackMs) return STOP_PUSHBACK
      if (pushbackMs > delayMs) delayMs = pushbackMs
    }
    return failed.now + delayMs + this.#minimumTryMs > failed.deadline ? STOP_DEADLINE : delayMs
  }

  /** Takes effect for calls under way too. */
  reconfigure(options: RetryDecisionOptions, more?: Rules): void {
    checkOptions('retry', options, { ...RULES, ...more })
    this.#attempts = options.attempts ?? retryDefaults.attempts
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF
    this.#minimumTryMs = options.minimumTryMs ?? retryDefaults.minimumTryMs
    this.#maxPushbackMs = options.maxPushbackMs ?? retryDefaults.maxPushbackMs
  }
}

const DEFAULT_BACKOFF = exponential()
function nonsense(delayMs: unknown, cause: unknown): OptionError {
  const message = `cannot retry: backoff.delayMs() must be a finite number >= 0, got ${quote(delayMs)}`
  return new OptionError(message, 'backoff', cause)
}

const RULES: Rules = {
  attempts: integer(1),
  backoff: having('delayMs', 'a backoff such as exponential({ initialMs: 100 })'),
  minimumTryMs: milliseconds(),
  maxPushbackMs: milliseconds(),
}
