/**
 * The state machines alone, for drivers of your own: a proxy, a simulator, another protocol.
 *
 * They start no timer, make no promise and read no clock: time is an argument, in monotonic milliseconds, and
 * randomness is a function given to the constructor. A driver may have both from `runtime`, as the pipeline does, and then a
 * test that installs a virtual clock steers the driver too.
 */
export type { Clock, Timer } from './clock/clock.js'
export type { Random } from './clock/random.js'
export { systemRandom } from './clock/random.js'
export type { Runtime } from './clock/runtime.js'
export { runtime } from './clock/runtime.js'
export { systemClock } from './clock/system-clock.js'
export type { Refusal } from './outcome/refusal.js'
export { RefusalError, refusalError } from './outcome/refusal.js'
export type { Admission } from './admission/admission.js'
export type { Queueing, QueueingRefusalReason } from './admission/queueing.js'
export { QUEUE } from './admission/queueing.js'
export type { WaitEnd } from './admission/waiter-queue.js'
export { Waiter } from './admission/waiter-queue.js'
export type { Verdict } from './outcome/verdict.js'
export { OptionError } from './options/option-error.js'
export type {
  CircuitBreakerOptions,
  CircuitMetrics,
  CircuitSnapshot,
  CircuitState,
  CircuitTrigger,
  OpenGrowth,
} from './circuit-breaker/circuit-breaker.js'
export { CircuitBreaker } from './circuit-breaker/circuit-breaker.js'
export { CircuitOpenError, CircuitRefusal } from './circuit-breaker/errors.js'
export type { Backoff } from './retry/backoff.js'
export { constant, exponential, linear } from './retry/backoff.js'
export type { FailedTry, RetryDecisionOptions } from './retry/retry.js'
export { Retry, STOP_ATTEMPTS, STOP_DEADLINE, STOP_PUSHBACK, stopReason } from './retry/retry.js'
export type { RetryBudget } from './retry-budget/retry-budget.js'
export { FIRST_TRY, FURTHER_TRY } from './retry-budget/retry-budget.js'
export { concurrencyBudget } from './retry-budget/concurrency-budget.js'
export { retryBudget } from './retry-budget/ratio-budget.js'
export { tokenBudget } from './retry-budget/token-budget.js'
export type { BulkheadOptions } from './bulkhead/bulkhead.js'
export { Bulkhead } from './bulkhead/bulkhead.js'
export type { BulkheadRefusalReason } from './bulkhead/errors.js'
export { BulkheadFullError, BulkheadRefusal } from './bulkhead/errors.js'
export type { RateLimitOptions, RateLimitSnapshot } from './rate-limit/rate-limit.js'
export { RateLimit } from './rate-limit/rate-limit.js'
export { RateLimitedError, RateLimitRefusal } from './rate-limit/errors.js'
export type { AdaptiveLimitOptions, AdaptiveLimitSnapshot } from './adaptive-limit/adaptive-limit.js'
export { AdaptiveLimit } from './adaptive-limit/adaptive-limit.js'
export { OverloadedError, OverloadRefusal } from './adaptive-limit/errors.js'
export type { LimitAlgorithm, LimitAlgorithmFactory, LimitSample } from './adaptive-limit/limit-algorithm.js'
export { aimd } from './adaptive-limit/aimd.js'
export { gradient2 } from './adaptive-limit/gradient2.js'
export { vegas } from './adaptive-limit/vegas.js'
export type { HedgeDelayOptions } from './hedge/hedge-delay.js'
export { HEDGE_STOP, HedgeDelay } from './hedge/hedge-delay.js'
export { LatencyHistogram } from './hedge/latency-histogram.js'
export { stateDiagram } from './circuit-breaker/state-diagram.js'
