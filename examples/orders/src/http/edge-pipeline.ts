import {
  bulkhead,
  circuitBreaker,
  exponential,
  fallback,
  pipeline,
  retry,
  retryBudget,
  timeout,
  type Policy,
} from '@watertight/policy'
import type { CallPolicy } from '../policies.js'

/** An answer of a service: any status that its policy does not count as a failure. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** What the service says about trying again, in seconds, as it said it. */
  readonly retryAfter?: string
}

/** A pipeline for calls that end in an `Answer`, and its breaker, to be looked at. */
export interface EdgePipeline {
  readonly call: Policy<Answer>
  readonly breaker: { readonly state: string }
}

/** Builds what `policies.ts` says about one edge. */
export function edgePipeline(policy: CallPolicy): EdgePipeline {
  const { attempts, ...backoff } = policy.retry
  const breaker = circuitBreaker(policy.circuitBreaker)
  const inner = pipeline(
    timeout({ ms: policy.totalTimeoutMs }),
    // Equal jitter waits at least half of each delay: enough, in all, for a service that is being restarted.
    retry({
      attempts,
      backoff: exponential({ ...backoff, jitter: 'equal' }),
      budget: retryBudget(policy.retryBudget),
    }),
    breaker,
    bulkhead(policy.bulkhead),
    timeout({ ms: policy.attemptTimeoutMs }),
  )
  const message = policy.fallback?.message
  if (message === undefined) return { call: inner, breaker }
  return { call: pipeline(fallback({ value: { status: 200, body: { message } } }), inner), breaker }
}
