export type { BulkheadPolicy, BulkheadPolicyOptions } from './bulkhead/bulkhead-policy.js'
export { bulkhead } from './bulkhead/bulkhead-policy.js'
export type { BulkheadRefusalReason } from './bulkhead/errors.js'
export { BulkheadFullError } from './bulkhead/errors.js'
export type { CacheOptions, CachePolicy } from './cache/cache.js'
export { cache } from './cache/cache.js'
export type {
  CircuitBreakerOptions,
  CircuitMetrics,
  CircuitState,
  CircuitTrigger,
  OpenGrowth,
} from './circuit-breaker/circuit-breaker.js'
export type {
  CircuitBreakerPolicy,
  CircuitBreakerPolicyOptions,
} from './circuit-breaker/circuit-breaker-policy.js'
export { circuitBreaker } from './circuit-breaker/circuit-breaker-policy.js'
export type { RefusingState } from './circuit-breaker/errors.js'
export { CircuitOpenError } from './circuit-breaker/errors.js'
export type {
  CacheResult,
  EventType,
  Listener,
  PolicyEvent,
  PolicyEvents,
  FailedWith,
  RetryStop,
} from './events/events.js'
export type { FallbackOptions, LastGoodFallbackOptions, LastGoodOptions } from './fallback/fallback.js'
export { fallback } from './fallback/fallback.js'
export type { CallOptions, Operation, OperationContext } from './promise/operation.js'
export { OptionError } from './options/option-error.js'
export type { FailurePredicates } from './outcome/classify.js'
export type { Failure, Outcome, Success } from './outcome/outcome.js'
export { RefusalError } from './outcome/refusal.js'
export type { ExtraOf } from './promise/pipeline.js'
export { pipeline } from './promise/pipeline.js'
export type { Layer, LayerOperation } from './promise/layer.js'
export type { Policy } from './promise/policy.js'
export type { Snapshot } from './engine/snapshot.js'
export { TimeoutError } from './timeout/errors.js'
export type { TimeoutOptions } from './timeout/timeout.js'
export { timeout } from './timeout/timeout.js'
export type { Backoff, ConstantOptions, ExponentialOptions, Jitter, LinearOptions } from './retry/backoff.js'
export { constant, exponential, linear } from './retry/backoff.js'
export type { RetryDecisionOptions } from './retry/retry.js'
export type { RetryOptions } from './retry/retry-policy.js'
export { retry } from './retry/retry-policy.js'
export type { ConcurrencyBudget, ConcurrencyBudgetOptions } from './retry-budget/concurrency-budget.js'
export { concurrencyBudget } from './retry-budget/concurrency-budget.js'
export type { RatioBudget, RetryBudgetOptions } from './retry-budget/ratio-budget.js'
export { retryBudget } from './retry-budget/ratio-budget.js'
export type { RetryBudget } from './retry-budget/retry-budget.js'
export type { TokenBudget, TokenBudgetOptions } from './retry-budget/token-budget.js'
export { tokenBudget } from './retry-budget/token-budget.js'
export { RateLimitedError } from './rate-limit/errors.js'
export type { RateLimitAlgorithm, RateLimitOptions } from './rate-limit/rate-limit.js'
export type { RateLimitPolicy } from './rate-limit/rate-limit-policy.js'
export { rateLimit } from './rate-limit/rate-limit-policy.js'
export type { AdaptiveLimitOptions } from './adaptive-limit/adaptive-limit.js'
export type {
  AdaptiveLimitPolicy,
  AdaptiveLimitPolicyOptions,
} from './adaptive-limit/adaptive-limit-policy.js'
export { adaptiveLimit } from './adaptive-limit/adaptive-limit-policy.js'
export type { AimdOptions } from './adaptive-limit/aimd.js'
export { aimd } from './adaptive-limit/aimd.js'
export type { OverloadReason } from './adaptive-limit/errors.js'
export { OverloadedError } from './adaptive-limit/errors.js'
export type { Gradient2Options } from './adaptive-limit/gradient2.js'
export { gradient2 } from './adaptive-limit/gradient2.js'
export type { LimitAlgorithm, LimitAlgorithmFactory, LimitSample } from './adaptive-limit/limit-algorithm.js'
export type { VegasOptions } from './adaptive-limit/vegas.js'
export { vegas } from './adaptive-limit/vegas.js'
export { HedgeOvertakenError } from './hedge/errors.js'
export type { HedgeDelayOptions } from './hedge/hedge-delay.js'
export type { HedgeOptions, HedgePolicy } from './hedge/hedge-policy.js'
export { hedge } from './hedge/hedge-policy.js'
export type { Registry, RegistryOptions } from './promise/registry.js'
export { registry } from './promise/registry.js'
