/** The defaults of every policy, and the words of its choices, for whoever describes policies instead of running them. */
export { bulkheadDefaults } from './bulkhead/bulkhead-defaults.js'
export { circuitBreakerDefaults } from './circuit-breaker/circuit-breaker-defaults.js'
export { hedgeDefaults } from './hedge/hedge-defaults.js'
export { rateLimitDefaults } from './rate-limit/rate-limit-defaults.js'
export { backoffDefaults } from './retry/backoff-defaults.js'
export { type Jitter, jitterNames } from './retry/jitter-names.js'
export { retryDefaults } from './retry/retry-defaults.js'
export { retryBudgetDefaults } from './retry-budget/retry-budget-defaults.js'
