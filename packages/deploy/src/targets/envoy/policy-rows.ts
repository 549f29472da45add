import type { PolicyModel, Protocol } from '@watertight/manifest'
import type { WordName } from '@watertight/manifest/tooling'
import { isHedged } from './routes/is-hedged.js'
import { coversAttemptTimeout } from './routes/envoy-conditions.js'
import { budgetConcurrency } from './clusters/circuit-breakers.js'
import { isIdleWritten, isTotalWritten } from './routes/time-limits.js'

/** What becomes of a key of the document: Envoy does as it says, does it otherwise, or does nothing of it. */
export type Row =
  | { readonly effect: 'as-written'; readonly by: string }
  | { readonly effect: 'missing' | 'differs'; readonly reason: string; readonly instead: string }

/** A policy as it is compiled. */
export interface CompiledPolicy {
  readonly policy: PolicyModel
  readonly protocol: Protocol
}

const by = (field: string) => (): Row => ({ effect: 'as-written', by: field })

const differs = (reason: string, instead: string): Row => ({ effect: 'differs', reason, instead })

const missing = (reason: string, instead: string): Row => ({ effect: 'missing', reason, instead })

const breaker = (): Row =>
  missing(
    "Envoy's circuit breakers limit what is under way; none of them opens on failures or slow calls",
    'write ejection, which leaves alone each endpoint that fails, or enforce: process, where the client opens the circuit',
  )

const hedge = ({ policy }: CompiledPolicy): Row =>
  isHedged(policy)
    ? { effect: 'as-written', by: 'hedge_on_per_try_timeout' }
    : missing(
        'Envoy hedges in place of retries and of the time limit of a try, and cannot do both',
        'leave out retry and timeout.attempt where calls are to be hedged',
      )

const adaptiveLimit = (): Row =>
  missing(
    "Envoy's adaptive_concurrency judges no failures, limits a listener and calls with all their tries, lets nobody wait, and to measure the least latency lets but a few calls pass now and then",
    'write bulkhead, or run watertight proxy, or write enforce: process',
  )

/**
 * Every key of a policy and what Envoy does with it: what the report, `explain` and the page about Envoy are made from.
 * That a key is a key of this table is checked by the compiler, and that it does what it says by a test of each key.
 */
export const policyRows: Readonly<Record<WordName, (compiled: CompiledPolicy) => Row>> = {
  'timeout.connect': by('connect_timeout'),
  'timeout.attempt': by('per_try_timeout'),
  'timeout.total': ({ policy }) =>
    isTotalWritten(policy)
      ? { effect: 'as-written', by: 'timeout' }
      : differs(
          "the default ends with the head of the answer, while Envoy's limit covers the body: so each try has that long to its head, and the call as a whole has no limit",
          'write timeout.total, which covers the body',
        ),
  'timeout.idle': ({ policy }) =>
    isIdleWritten(policy)
      ? { effect: 'as-written', by: 'idle_timeout' }
      : differs(
          'the default counts from the head of the answer, and Envoy from the request: so the limit is as long as the call may take, if that is longer',
          'write timeout.idle',
        ),
  'retry.attempts': by('num_retries, which is one less'),
  'retry.on': ({ policy: { retry } }) =>
    retry?.on.includes('attempt-timeout') === true && !coversAttemptTimeout(retry.on)
      ? missing(
          'Envoy has no condition for the time limit of a try alone, so that it is not tried again',
          'write reset, which covers it and a connection that is lost as well',
        )
      : differs(
          'a callee that answers x-envoy-overloaded, or x-should-retry: false, is tried again all the same',
          'let the callee say so by a status that retry.on does not name',
        ),
  'retry.backoff.initial': ({ policy: { retry } }) =>
    (retry?.backoff.initialMs ?? 1) >= 1
      ? { effect: 'as-written', by: 'retry_back_off.base_interval' }
      : differs('the shortest wait that Envoy takes is 1ms', 'write 1ms'),
  'retry.backoff.max': by('retry_back_off.max_interval'),
  'retry.backoff.jitter': ({ policy: { retry } }) =>
    retry?.backoff.jitter === 'full'
      ? { effect: 'as-written', by: 'retry_back_off' }
      : differs('Envoy draws every wait from nothing to its limit', 'write jitter: full'),
  'retry.backoff.pushback': ({ policy: { retry } }) =>
    retry?.backoff.pushbackMs === undefined
      ? { effect: 'as-written', by: 'retry_back_off' }
      : differs(
          'asked to wait longer than that, Envoy tries again after the ordinary wait; and it waits up to half as long again as it is asked to',
          'write pushback: off, or let the callee answer with a status that retry.on does not name',
        ),
  'retry.budget.ratio': ({ policy }) =>
    budgetConcurrency(policy) === undefined
      ? differs(
          'it is a share of the requests under way, not of recent calls',
          'give callers of few requests a minimum',
        )
      : missing(
          'Envoy has one limit for further tries, and budget.concurrency is it',
          'leave out concurrency, or ratio and minimum',
        ),
  'retry.budget.minimum': ({ policy }) =>
    budgetConcurrency(policy) === undefined
      ? differs(
          'it counts further tries at one time, not a second',
          'expect more of them where tries are short',
        )
      : { effect: 'as-written', by: 'max_retries' },
  'retry.budget.concurrency': by('max_retries'),
  'breaker.window.calls': breaker,
  'breaker.window.duration': breaker,
  'breaker.minimumCalls': breaker,
  'breaker.failureRate': breaker,
  'breaker.consecutiveFailures': breaker,
  'breaker.slowCalls.over': breaker,
  'breaker.slowCalls.rate': breaker,
  'breaker.openFor': breaker,
  'breaker.halfOpenCalls': breaker,
  'bulkhead.concurrency': by('max_requests'),
  'bulkhead.queue': ({ policy: { bulkhead }, protocol }) => {
    if (bulkhead?.queue === 0) return { effect: 'as-written', by: 'max_pending_requests' }
    return protocol === 'h2'
      ? missing(
          'over HTTP/2 Envoy refuses a request beyond the limit at once',
          'write a larger concurrency, or enforce: process',
        )
      : differs(
          'a request whose connection is being opened counts as waiting: so as many more may wait as may run at once',
          'write a smaller queue where that is too many',
        )
  },
  'bulkhead.maxWait': ({ policy: { bulkhead } }) =>
    bulkhead?.queue === 0
      ? { effect: 'as-written', by: 'nobody waits' }
      : missing(
          'Envoy limits the length of a queue, not the wait: a request waits until its own time is over',
          'write timeout.attempt and timeout.total, or queue: 0',
        ),
  'bulkhead.connections': by('max_connections'),
  'bulkhead.pending': ({ policy: { bulkhead } }) =>
    bulkhead?.pending === 0
      ? differs(
          'a request waits while its connection is opened, so that one has to be let wait',
          'write pending: 1',
        )
      : { effect: 'as-written', by: 'max_pending_requests' },
  'adaptiveLimit.initial': adaptiveLimit,
  'adaptiveLimit.min': adaptiveLimit,
  'adaptiveLimit.max': adaptiveLimit,
  'adaptiveLimit.queue': adaptiveLimit,
  'adaptiveLimit.maxWait': adaptiveLimit,
  'adaptiveLimit.algorithm': adaptiveLimit,
  'ejection.consecutiveFailures': by('outlier_detection.consecutive_5xx'),
  'ejection.interval': by('outlier_detection.interval'),
  'ejection.baseEjection': by('outlier_detection.base_ejection_time'),
  'ejection.maxEjected': by('outlier_detection.max_ejection_percent'),
  'ejection.panic': by('healthy_panic_threshold'),
  'rateLimit.limit': ({ policy: { retry } }) =>
    retry === undefined
      ? { effect: 'as-written', by: 'local_ratelimit' }
      : differs('calls are counted, further tries are not', 'allow for the tries of retry'),
  'rateLimit.per': by('local_ratelimit'),
  'rateLimit.burst': by('local_ratelimit'),
  'hedge.after': hedge,
  'hedge.extra': hedge,
  answers: by('retriable_status_codes and error_matcher'),
  balance: ({ policy }) =>
    policy.balance === 'peak-ewma'
      ? differs('Envoy has no peak-ewma and uses least-request', 'write balance: least-request')
      : { effect: 'as-written', by: 'lb_policy' },
  hashOn: ({ policy }) =>
    policy.balance === 'ring-hash'
      ? { effect: 'as-written', by: 'hash_policy' }
      : differs('only a ring keeps requests together', 'write balance: ring-hash'),
  warmUp: ({ policy: { warmUpMs, balance, ejection } }) => {
    if (warmUpMs === undefined) return { effect: 'as-written', by: 'slow_start_config' }
    if (balance === 'ring-hash')
      return missing(
        'Envoy lets an endpoint start slowly under least-request and round-robin alone',
        'write balance: least-request where endpoints have to warm up',
      )
    return ejection === undefined
      ? { effect: 'as-written', by: 'slow_start_config' }
      : differs(
          'an endpoint that comes back from an ejection has its full share at once',
          'write health.ready of the service, by which Envoy notices that one has been away',
        )
  },
  mode: ({ policy }) =>
    policy.mode === 'observe'
      ? missing(
          'Envoy cannot decide without enforcing: requests under this policy pass as they are',
          'write enforce: process, where the client decides and reports',
        )
      : { effect: 'as-written', by: 'all of this' },
}
