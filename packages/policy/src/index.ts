export type { BulkheadPolicy, BulkheadPolicyOptions } from './bulkhead/bulkhead-policy.js'
export { bulkhead } from './bulkhead/bulkhead-policy.js'
export type { BulkheadRefusalReason } from './bulkhead/errors.js'
export { BulkheadFullError } from './bulkhead/errors.js'
export type {
  CircuitBreakerOptions,
  CircuitMetrics,
  CircuitState,
  CircuitTrigger,
  OpenGrowth,
} from './circuit-breaker/circuit-breaker.js'
export type { CircuitBreakerPolicy, CircuitBreakerPolicyOptions } from './circuit-breaker/circuit-breaker-policy.js'
export { circuitBreaker } from './circuit-breaker/circuit-breaker-policy.js'
export type { RefusingState } from './circuit-breaker/errors.js'
export { CircuitOpenError } from './circuit-breaker/errors.js'
export type { CacheResult, EventType, Listener, PolicyEvent, PolicyEvents, RetryStop } from './events/events.js'
export type { FallbackOptions } from './fallback/fallback.js'
export { fallback } from './fallback/fallback.js'
export type { CallOptions, Operation, OperationContext } from './operation/operation.js'
export { OptionError } from './options/option-error.js'
export type { FailurePredicates } from './outcome/classify.js'
export type { Failure, Outcome, Success } from './outcome/outcome.js'
export { RefusalError } from './outcome/refusal.js'
export type { ExtraOf } from './pipeline/pipeline.js'
export { pipeline } from './pipeline/pipeline.js'
export type { Policy } from './pipeline/policy.js'
export type { Snapshot } from './pipeline/snapshot.js'
export { TimeoutError } from './timeout/errors.js'
export type { TimeoutOptions } from './timeout/timeout.js'
export { timeout } from './timeout/timeout.js'
export type {
  Backoff,
  ConstantOptions,
  ExponentialOptions,
  Jitter,
  LinearOptions,
} from './retry/backoff.js'
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
