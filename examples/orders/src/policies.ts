/**
 * How every call between services behaves when things go wrong. This is the whole configuration: change a number,
 * start again, and watch what it does.
 *
 * A call passes, outermost first: fallback > total timeout > retry with budget > circuit breaker > bulkhead >
 * attempt timeout.
 */
export interface CallPolicy {
  /** Answered instead of a failure, for what a checkout can do without. */
  readonly fallback?: { readonly message: string }
  /** For the call with all its tries. Must leave room for at least two attempts. */
  readonly totalTimeoutMs: number
  readonly retry: { readonly attempts: number; readonly initialMs: number; readonly maxMs: number }
  /** Retries may add at most `ratio` to the traffic, plus `minimumPerSecond`: no retry storms. */
  readonly retryBudget: { readonly ratio: number; readonly minimumPerSecond: number }
  readonly circuitBreaker: {
    readonly window: { readonly durationMs: number }
    readonly minimumCalls: number
    /** 0..1: opens when this share of the calls in the window failed. */
    readonly failureRate: number
    readonly openForMs: number
    readonly halfOpenCalls: number
  }
  readonly bulkhead: { readonly concurrency: number; readonly queue: number; readonly maxWaitMs: number }
  readonly attemptTimeoutMs: number
  /**
   * Statuses of 500 and above that are answers to pass on, not failures of the service that gives them. Without
   * it, payment being down would open the circuit in front of order, which works.
   */
  readonly answers?: readonly number[]
}

const circuitBreaker = {
  window: { durationMs: 5_000 },
  minimumCalls: 10,
  failureRate: 0.5,
  openForMs: 3_000,
  halfOpenCalls: 3,
}

const retryBudget = { ratio: 0.2, minimumPerSecond: 10 }

/** By `caller > callee`; a call without a row here does not compile. */
export const policies = {
  // Long enough for all the calls that order makes, and retried only when order is gone: then it is restarting.
  'gateway > order': {
    totalTimeoutMs: 12_000,
    retry: { attempts: 6, initialMs: 250, maxMs: 2_000 },
    retryBudget: { ratio: 0.2, minimumPerSecond: 20 },
    circuitBreaker: { ...circuitBreaker, minimumCalls: 40, openForMs: 1_000 },
    bulkhead: { concurrency: 200, queue: 50, maxWaitMs: 1_000 },
    attemptTimeoutMs: 8_000,
    answers: [503],
  },
  'order > inventory': {
    totalTimeoutMs: 2_000,
    retry: { attempts: 3, initialMs: 100, maxMs: 500 },
    retryBudget,
    circuitBreaker,
    bulkhead: { concurrency: 40, queue: 40, maxWaitMs: 500 },
    attemptTimeoutMs: 800,
  },
  'order > payment': {
    totalTimeoutMs: 2_500,
    retry: { attempts: 2, initialMs: 100, maxMs: 500 },
    retryBudget,
    circuitBreaker,
    bulkhead: { concurrency: 40, queue: 40, maxWaitMs: 500 },
    attemptTimeoutMs: 1_000,
  },
  'order > shipping': {
    totalTimeoutMs: 2_000,
    retry: { attempts: 3, initialMs: 100, maxMs: 500 },
    retryBudget,
    circuitBreaker,
    bulkhead: { concurrency: 40, queue: 40, maxWaitMs: 500 },
    attemptTimeoutMs: 800,
  },
  // A checkout does without it, so it gets little time.
  'order > loyalty': {
    fallback: { message: 'Loyalty points currently unavailable, but your order is processed!' },
    totalTimeoutMs: 700,
    retry: { attempts: 2, initialMs: 50, maxMs: 200 },
    retryBudget,
    circuitBreaker,
    bulkhead: { concurrency: 20, queue: 0, maxWaitMs: 100 },
    attemptTimeoutMs: 300,
  },
} as const satisfies Record<string, CallPolicy>

/** Who calls whom: `order > payment`. */
export type EdgeName = keyof typeof policies
