import type { BreakerModel, CallModel, RetryModel, TimeoutModel } from '@watertight/manifest'
import { durationMs } from '@watertight/manifest/units'
import { type CircuitBreakerOptions, exponential, OptionError } from '@watertight/policy'
import type { FallbackRules, QueuedRequest } from '../fallback/fallback-rules.js'
import { isFailureStatus, statusOf } from '../policies/judgement.js'
import type { TimeLimits } from '../transport/exchange-limits.js'
import type { CallPolicies, RetryRules } from './fetch-options.js'

/** A request that could not be answered, and where the manifest says it is to be kept. */
export interface QueuedCall extends QueuedRequest {
  readonly to: string
  readonly queue: string
}

/** Keeps a request for later; rejects when it could not. */
export type OnQueue = (call: QueuedCall, error: unknown) => void | PromiseLike<void>

/**
 * The policies of one call of the manifest. A call that a sidecar or the mesh enforces keeps its deadline and nothing
 * else: each mechanism belongs to one layer, and two that retry multiply.
 *
 * @throws {OptionError} when its fallback keeps requests and nobody has said how
 */
export function modelPolicies(call: CallModel, onQueue: OnQueue | undefined): CallPolicies {
  const { policy, operations, mode } = call
  if (call.enforce !== 'process') {
    return { operations, retry: false, timeout: timeLimits(policy.timeout, false) }
  }
  return {
    mode,
    operations,
    balance: policy.balance,
    timeout: timeLimits(policy.timeout, true),
    retry: policy.retry === undefined ? false : retryRules(policy.retry),
    breaker: policy.breaker && breakerOptions(policy.breaker),
    bulkhead: policy.bulkhead,
    rateLimit: policy.rateLimit,
    hedge: policy.hedge && { delayMs: policy.hedge.afterMs, hedges: policy.hedge.attempts },
    ejection: policy.ejection,
    fallback: fallbackRules(call, onQueue),
  }
}

/** A limit that the manifest leaves out does not exist, since `check` and `explain` say so. */
function timeLimits(limits: TimeoutModel | undefined, perAttempt: boolean): TimeLimits {
  return {
    connectMs: limits?.connectMs ?? Infinity,
    attemptMs: (perAttempt ? limits?.attemptMs : undefined) ?? Infinity,
    totalMs: limits?.totalMs ?? Infinity,
    responseHeadersMs: Infinity,
  }
}

function retryRules({ attempts, on, backoff, budget }: RetryModel): RetryRules {
  return {
    attempts,
    on,
    backoff: exponential(backoff),
    budget: budget === undefined ? false : { ratio: budget.ratio, minimumPerSecond: budget.minimum },
  }
}

function breakerOptions(model: BreakerModel): CircuitBreakerOptions {
  const { consecutiveFailures, window, minimumCalls, failureRate, slowCalls, openForMs, halfOpenCalls } =
    model
  const answers = new Set(model.answers)
  const whenResult = (value: unknown): boolean => isFailureStatus(value) && !answers.has(statusOf(value))
  const always = { openForMs, halfOpenCalls, whenResult, ...(slowCalls === undefined ? {} : { slowCalls }) }
  if (consecutiveFailures !== undefined) return { ...always, consecutiveFailures }
  const most = 'calls' in window ? window.calls : Infinity
  return { ...always, window, failureRate, minimumCalls: Math.min(minimumCalls, most) }
}

function fallbackRules(call: CallModel, onQueue: OnQueue | undefined): FallbackRules | undefined {
  const { fallback, to } = call
  if (fallback === undefined) return undefined
  const { status, body, cache, queue } = fallback
  const rules = {
    status,
    body,
    cache: cache === undefined ? undefined : { maxAgeMs: durationMs(cache.maxAge) },
  }
  if (queue === undefined) return rules
  if (onQueue === undefined) {
    throw new OptionError(
      `cannot create client: onQueue must be given, for calls to ${to} fall back on queue '${queue}', got none`,
      'onQueue',
    )
  }
  return { ...rules, onQueue: (request, error) => onQueue({ ...request, to, queue }, error) }
}
