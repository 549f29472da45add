import { checkOptions } from '../options/check-options.js'
import { integer, share } from '../options/rules.js'
import type { Refusal } from '../outcome/refusal.js'
import type { Verdict } from '../outcome/verdict.js'
import { BUDGET_SPENT, FIRST_TRY, FURTHER_TRY, type RetryBudget } from './retry-budget.js'

export interface ConcurrencyBudgetOptions {
  /** The share of all tries in flight that may be further ones; at 1 there is no limit. Default 0.2. */
  readonly ratio?: number
  /** Further tries in flight that are allowed however few calls there are. Default 3. */
  readonly minimum?: number
}

/**
 * A budget on what is in flight: further tries never exceed `ratio` of all tries in flight, or `minimum` if that
 * is more. A further try counts from `admit` on, its delay included.
 *
 * @example concurrencyBudget({ ratio: 0.2, minimum: 3 })
 * @throws {OptionError} when an option is unknown or out of its range
 */
export function concurrencyBudget(options: ConcurrencyBudgetOptions = {}): ConcurrencyBudget {
  return new ConcurrencyBudget(options)
}

/** Source: the budget of failsafe-go, and Envoy's `retry_budget`. O(1), no clock needed. */
export class ConcurrencyBudget implements RetryBudget {
  readonly granularityMs: number = Infinity
  #first: number = 0
  #further: number = 0
  #ratio: number = 0
  #minimum: number = 0

  constructor(options: ConcurrencyBudgetOptions) {
    this.reconfigure(options)
  }

  start(_now: number): number {
    this.#first += 1
    return FIRST_TRY
  }

  admit(now: number): number | Refusal {
    if (this.remaining(now) === 0) return BUDGET_SPENT
    this.#further += 1
    return FURTHER_TRY
  }

  settle(permit: number, _now: number, _verdict: Verdict, _durationMs: number): void {
    // Never below zero: a driver that settles twice must not create room out of nothing.
    if (permit === FURTHER_TRY) this.#further = Math.max(0, this.#further - 1)
    else this.#first = Math.max(0, this.#first - 1)
  }

  remaining(_now: number): number {
    // Each further try is itself in flight: f <= ratio * (first + f), solved for f.
    const proportional = this.#ratio === 1 ? Infinity : (this.#ratio * this.#first) / (1 - this.#ratio)
    return Math.max(0, Math.max(this.#minimum, Math.floor(proportional + ROUNDING)) - this.#further)
  }

  reconfigure(options: ConcurrencyBudgetOptions): void {
    checkOptions('concurrency budget', options, RULES)
    this.#ratio = options.ratio ?? 0.2
    this.#minimum = options.minimum ?? 3
  }
}

/** A fifth of five, in binary, must still be one. */
const ROUNDING = 1e-9

const RULES = { ratio: share, minimum: integer(0) }
