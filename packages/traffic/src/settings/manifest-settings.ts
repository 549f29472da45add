import type {
  AdaptiveLimitModel,
  BreakerModel,
  BulkheadModel,
  Enforcement,
  PolicyModel,
  RetryModel,
  RouteModel,
} from '@watertight/manifest'
import { type AdaptiveLimitOptions, aimd, exponential, gradient2, vegas } from '@watertight/policy'
import { adaptiveLimitDefaults } from '@watertight/policy/defaults'
import type { BreakerRules, BulkheadRules, CallSettings, RetryRules, TimeLimits } from './call-settings.js'

/** A call, or a route of the gateway, which belongs to the gateway whoever enforces the calls behind it. */
export type Enforced = Pick<RouteModel, 'policy' | 'operations' | 'fallback'> & {
  readonly enforce?: Enforcement
}

/**
 * What a call of the manifest, or a route, means in one layer. A call that another layer enforces keeps its deadline
 * and nothing else: each mechanism belongs to one layer, and two that retry multiply.
 */
export function manifestSettings(call: Enforced, layer: Enforcement = 'process'): CallSettings {
  const { policy, operations } = call
  if (call.enforce !== undefined && call.enforce !== layer) {
    return { operations, retry: false, timeout: timeLimits(policy, false) }
  }
  return {
    mode: policy.mode,
    operations,
    balance: policy.balance,
    hashOn: policy.hashOn,
    warmUpMs: policy.warmUpMs,
    timeout: timeLimits(policy, true),
    retry: policy.retry === undefined ? false : retryRules(policy.retry),
    answers: policy.answers,
    breaker: policy.breaker && breakerRules(policy.breaker),
    bulkhead: policy.bulkhead && bulkheadRules(policy.bulkhead),
    adaptiveLimit: policy.adaptiveLimit && adaptiveLimitOptions(policy.adaptiveLimit),
    rateLimit: policy.rateLimit,
    hedge: policy.hedge && { delayMs: policy.hedge.afterMs, extra: policy.hedge.extra },
    ejection: policy.ejection,
    fallback: call.fallback,
  }
}

/** The model has the default limits filled in; none at all means that the document switches them off. */
function timeLimits({ timeout: limits, origins }: PolicyModel, perAttempt: boolean): TimeLimits {
  // A total that nobody wrote ends with the head of the answer, for streams run for hours.
  const isTotalWritten = origins.get('timeout.total')?.kind === 'document'
  const isIdleWritten = origins.get('timeout.idle')?.kind === 'document'
  const idleMs = limits?.idleMs ?? Infinity
  return {
    connectMs: limits?.connectMs ?? Infinity,
    attemptMs: (perAttempt ? limits?.attemptMs : undefined) ?? Infinity,
    totalMs: limits?.totalMs ?? Infinity,
    totalCoversBody: isTotalWritten,
    // Nobody who waits for a slow answer has asked for an end of the silence before it, unless he writes one.
    responseHeadersMs: isIdleWritten ? idleMs : Infinity,
    bodyIdleMs: idleMs,
  }
}

function retryRules({ attempts, on, backoff, budget }: RetryModel): RetryRules {
  const { initialMs, maxMs, jitter, pushbackMs } = backoff
  return {
    attempts,
    on,
    backoff: exponential({ initialMs, maxMs, jitter }),
    maxPushbackMs: pushbackMs ?? false,
    budget: budget === undefined ? false : { ratio: budget.ratio, minimumPerSecond: budget.minimum },
    ...(budget?.concurrency === undefined ? {} : { concurrency: budget.concurrency }),
  }
}

// A key that is undefined would look given to who checks options.
function bulkheadRules({
  concurrency,
  queue,
  maxWaitMs,
  connections,
  pending,
}: BulkheadModel): BulkheadRules {
  return {
    concurrency,
    queue,
    maxWaitMs,
    ...(connections === undefined ? {} : { connections }),
    ...(pending === undefined ? {} : { pending }),
  }
}

// One of each for all: a limit keeps what it has learned as long as its algorithm stays the same.
const ALGORITHMS = { gradient2: gradient2(), vegas: vegas(), aimd: aimd() } as const

function adaptiveLimitOptions(model: AdaptiveLimitModel): AdaptiveLimitOptions {
  const { algorithm, initial, min, max, queue, maxWaitMs } = model
  return {
    algorithm: ALGORITHMS[algorithm],
    initialLimit: initial,
    minLimit: min,
    maxLimit: max,
    queue,
    targetMs: Math.min(adaptiveLimitDefaults.targetMs, maxWaitMs),
    intervalMs: maxWaitMs,
  }
}

function breakerRules(model: BreakerModel): BreakerRules {
  const { consecutiveFailures, window, minimumCalls, failureRate, slowCalls, openForMs, halfOpenCalls } =
    model
  const always = { openForMs, halfOpenCalls, ...(slowCalls === undefined ? {} : { slowCalls }) }
  if (consecutiveFailures !== undefined) return { ...always, consecutiveFailures }
  const most = 'calls' in window ? window.calls : Infinity
  return { ...always, window, failureRate, minimumCalls: Math.min(minimumCalls, most) }
}
