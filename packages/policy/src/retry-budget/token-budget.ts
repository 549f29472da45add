import { checkOptions } from '../options/check-options.js'
import { above, integer } from '../options/rules.js'
import type { Refusal } from '../outcome/refusal.js'
import type { Verdict } from '../outcome/verdict.js'
import { BUDGET_SPENT, FIRST_TRY, FURTHER_TRY, type RetryBudget } from './retry-budget.js'

export interface TokenBudgetOptions {
  /** The tokens of a full budget, from 1 to 1000. Default 10. */
  readonly maxTokens?: number
  /** What a success earns, above 0; a failure costs 1. Default 0.1. */
  readonly tokenRatio?: number
}

/**
 * A budget that failures drain and successes fill: further tries are made only while it is more than half full.
 *
 * @example tokenBudget({ maxTokens: 10, tokenRatio: 0.1 })
 * @throws {OptionError} when an option is unknown or out of its range
 */
export function tokenBudget(options: TokenBudgetOptions = {}): TokenBudget {
  return new TokenBudget(options)
}

/** gRPC counts thousandths, so that sums of a decimal ratio stay exact. */
const TOKEN = 1_000

/**
 * Source: gRPC proposal A6, "Client Retries", section on throttling. Every try counts, first or further; asking
 * costs nothing by itself. O(1).
 */
export class TokenBudget implements RetryBudget {
  readonly granularityMs: number = Infinity
  #tokens: number = Infinity
  #maxTokens: number = 0
  #gain: number = 0

  constructor(options: TokenBudgetOptions) {
    this.reconfigure(options)
  }

  start(_now: number): number {
    return FIRST_TRY
  }

  admit(_now: number): number | Refusal {
    return this.#tokens > this.#maxTokens / 2 ? FURTHER_TRY : BUDGET_SPENT
  }

  settle(_permit: number, _now: number, verdict: Verdict, _durationMs: number): void {
    if (verdict === 'failure') this.#tokens = Math.max(0, this.#tokens - TOKEN)
    else if (verdict === 'success') this.#tokens = Math.min(this.#maxTokens, this.#tokens + this.#gain)
  }

  /** How many further tries can fail before there are no more. */
  remaining(_now: number): number {
    return Math.max(0, Math.ceil((this.#tokens - this.#maxTokens / 2) / TOKEN))
  }

  /** Keeps the tokens, up to the new maximum. */
  reconfigure(options: TokenBudgetOptions): void {
    checkOptions('token budget', options, RULES)
    this.#maxTokens = (options.maxTokens ?? 10) * TOKEN
    this.#gain = Math.max(1, Math.round((options.tokenRatio ?? 0.1) * TOKEN))
    this.#tokens = Math.min(this.#tokens, this.#maxTokens)
  }
}

const RULES = { maxTokens: integer(1, 1_000), tokenRatio: above(0) }
