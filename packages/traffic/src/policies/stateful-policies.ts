import {
  type AdaptiveLimitPolicy,
  adaptiveLimit,
  type BulkheadPolicy,
  bulkhead,
  type CircuitBreakerPolicy,
  circuitBreaker,
  type HedgePolicy,
  hedge,
  type RateLimitPolicy,
  concurrencyBudget,
  type RetryBudget,
  rateLimit,
  retryBudget,
} from '@watertight/policy'
import type { BreakerRules, BulkheadRules, PolicySettings, RetryRules } from '../settings/call-settings.js'
import type { Verdicts } from '../verdict/verdicts.js'
import type { DriverFailures } from './driver-failures.js'
import { CombinedBudget } from './combined-budget.js'
import type { JudgedAnswer } from './judged-answer.js'

/** How a policy with state is made, and changed without losing it. */
interface Kind<P, O> {
  readonly create: (options: O) => P
  readonly change: (policy: P, options: O) => void
}

function kept<P, O>(kind: Kind<P, O>, policy: P | undefined, options: O | undefined): P | undefined {
  if (options === undefined) return undefined
  if (policy === undefined) return kind.create(options)
  kind.change(policy, options)
  return policy
}

/** Connections, and who waits for one, are the driver's. */
function slotsOf({
  connections: _connections,
  pending: _pending,
  ...slots
}: BulkheadRules): Omit<BulkheadRules, 'connections' | 'pending'> {
  return slots
}

/** The policies of one destination that remember something: they stay when the options change. */
export class StatefulPolicies {
  /** What refusals call the circuit: that of the destination, unless several share it. */
  name: string | undefined
  breaker: CircuitBreakerPolicy | undefined
  bulkhead: BulkheadPolicy | undefined
  adaptiveLimit: AdaptiveLimitPolicy | undefined
  rateLimit: RateLimitPolicy | undefined
  hedge: HedgePolicy | undefined
  budget: RetryBudget | undefined
  readonly #failures: DriverFailures
  /** The parts of the budget that count: further tries in proportion to calls, and those that run. */
  #shareOfCalls: ReturnType<typeof retryBudget> | undefined
  #atOneTime: ReturnType<typeof concurrencyBudget> | undefined

  constructor(failures: DriverFailures) {
    this.#failures = failures
  }

  /** @throws {OptionError} when an option is unknown or out of range; whatever is right is in force by then */
  reconfigure(options: PolicySettings, verdicts: Verdicts): void {
    const budget = this.#budget(options)
    const predicates = {
      when: (error: unknown) => this.#failures.verdictOf(error, verdicts).failed,
      whenResult: (value: unknown) => (value as JudgedAnswer).verdict.failed,
    }
    this.breaker = kept(
      breakers,
      this.breaker,
      options.breaker && {
        name: this.name,
        unsettled: (value: unknown) => (value as JudgedAnswer).unsettled,
        ...breakerOptions(options.breaker, predicates),
      },
    )
    this.bulkhead = kept(bulkheads, this.bulkhead, options.bulkhead && slotsOf(options.bulkhead))
    this.adaptiveLimit = kept(
      adaptiveLimits,
      this.adaptiveLimit,
      options.adaptiveLimit && { ...predicates, ...options.adaptiveLimit },
    )
    this.rateLimit = kept(rateLimits, this.rateLimit, options.rateLimit)
    this.hedge = kept(hedges, this.hedge, options.hedge && { ...predicates, budget, ...options.hedge })
    this.budget = budget
    this.breaker?.force(options.mode === 'observe' ? 'observe' : undefined)
  }

  #budget({ retry }: PolicySettings): RetryBudget | undefined {
    const rules = retry === false ? { budget: false as const } : (retry ?? {})
    const atOneTime = this.#limitAtOneTime(rules.concurrency)
    const tries = this.#limitInProportion(rules.budget)
    if (tries === undefined || atOneTime === undefined) return tries ?? atOneTime
    return new CombinedBudget(tries, atOneTime)
  }

  #limitInProportion(given: RetryRules['budget']): RetryBudget | undefined {
    if (given === false) return undefined
    if (given !== undefined && 'admit' in given) return given
    const options = given ?? {}
    if (this.#shareOfCalls === undefined) this.#shareOfCalls = retryBudget(options)
    else this.#shareOfCalls.reconfigure(options)
    return this.#shareOfCalls
  }

  #limitAtOneTime(minimum: number | undefined): RetryBudget | undefined {
    if (minimum === undefined) return undefined
    const options = { ratio: 0, minimum }
    if (this.#atOneTime === undefined) this.#atOneTime = concurrencyBudget(options)
    else this.#atOneTime.reconfigure(options)
    return this.#atOneTime
  }
}

/** Its answers are everybody's, and have gone into the verdicts. */
function breakerOptions({ answers: _answers, ...own }: BreakerRules, predicates: object): object {
  return { ...predicates, ...own }
}

const breakers: Kind<CircuitBreakerPolicy, object> = {
  create: circuitBreaker,
  change: (policy, options) => policy.reconfigure(options),
}

const bulkheads: Kind<BulkheadPolicy, { concurrency: number }> = {
  create: bulkhead,
  change: (policy, options) => policy.reconfigure(options),
}

const adaptiveLimits: Kind<AdaptiveLimitPolicy, object> = {
  create: adaptiveLimit,
  change: (policy, options) => policy.reconfigure(options),
}

const rateLimits: Kind<RateLimitPolicy, { limit: number }> = {
  create: rateLimit,
  change: (policy, options) => policy.reconfigure(options),
}

const hedges: Kind<HedgePolicy, object> = {
  create: hedge,
  change: (policy, options) => policy.reconfigure(options),
}
