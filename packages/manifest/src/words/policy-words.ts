import {
  adaptiveLimitDefaults,
  backoffDefaults,
  bulkheadDefaults,
  circuitBreakerDefaults,
  hedgeDefaults,
  jitterNames,
  limitAlgorithmNames,
  rateLimitDefaults,
  retryBudgetDefaults,
  retryDefaults,
} from '@watertight/policy/defaults'
import { balanceDefault, balanceNames } from './balance-names.js'
import { ejectionDefaults } from './ejection-defaults.js'
import { defaultRetryOn, failureWords } from './failure-words.js'
import { modeNames } from './mode-names.js'
import { timeLimitDefaults } from './time-limit-defaults.js'
import type { Word, WordName } from './word.js'
import { wordOf } from './word-of.js'

const { choice, conditions, count, duration, share } = wordOf

/** How many calls may run at once when nothing is said. */
export const bulkheadConcurrency = 10

const WINDOWED = 'code takes one object, in which a part alone has no meaning'

/**
 * Every key of a policy with its meaning and its default, in the order in which it is explained. The only place where
 * the document's policies are described: schema, resolver, explain and the page about the format are made from it,
 * and the TSDoc of the options in code is held to it by a test.
 */
export const policyWords: Readonly<Record<WordName, Word>> = {
  'timeout.connect': duration('Longest time to open a connection', timeLimitDefaults.connectMs, {
    code: [{ of: 'TimeLimits', option: 'connectMs' }],
  }),
  'timeout.attempt': duration('Longest time for one attempt, connecting included', undefined, {
    code: [{ of: 'TimeLimits', option: 'attemptMs' }],
  }),
  'timeout.total': duration(
    'Longest time for the whole call up to the head of the answer: attempts and the waits between them',
    timeLimitDefaults.totalMs,
    { defaultSays: '60s, or attempt if that is more', code: [{ of: 'TimeLimits', option: 'totalMs' }] },
  ),
  'timeout.idle': duration(
    'Longest silence in a stream, in both directions; where it is written, before the head of the answer too',
    timeLimitDefaults.idleMs,
    { code: [{ of: 'TimeLimits', option: 'bodyIdleMs' }] },
  ),
  'retry.attempts': count('Attempts in all, the first included', [1, 100], retryDefaults.attempts, [
    { of: 'RetryDecisionOptions', option: 'attempts' },
    { of: 'RetryRules', option: 'attempts' },
  ]),
  'retry.on': conditions('Failures and statuses that are tried again', defaultRetryOn, [
    ...failureWords.status,
    ...failureWords.transport,
    ...failureWords.grpc,
  ]),
  'retry.backoff.initial': duration(
    'Wait before the second attempt; it doubles each time',
    backoffDefaults.initialMs,
    { mayBeZero: true, code: [{ of: 'ExponentialOptions', option: 'initialMs' }] },
  ),
  'retry.backoff.max': duration(
    'Longest wait between two attempts',
    backoffDefaults.initialMs * backoffDefaults.longest,
    {
      defaultSays: '30 times initial',
      mayBeZero: true,
      code: [{ of: 'ExponentialOptions', option: 'maxMs' }],
    },
  ),
  'retry.backoff.jitter': choice(
    'How much of the wait is random, so that callers do not all come back at once',
    jitterNames,
    backoffDefaults.jitter,
    [{ of: 'ExponentialOptions', option: 'jitter' }],
  ),
  'retry.backoff.pushback': duration(
    'Longest Retry-After that is honoured: a callee that asks for more is not tried again; off ignores the header',
    retryDefaults.maxPushbackMs,
    { off: true, mayBeZero: true, code: [{ of: 'RetryRules', option: 'maxPushbackMs' }] },
  ),
  'retry.budget.ratio': share(
    'Share of calls that may be retries',
    retryBudgetDefaults.ratio,
    'RetryBudgetOptions',
    'ratio',
  ),
  'retry.budget.minimum': count(
    'Retries a second that are always allowed',
    [0, 100_000],
    retryBudgetDefaults.minimumPerSecond,
    [{ of: 'RetryBudgetOptions', option: 'minimumPerSecond' }],
  ),
  'retry.budget.concurrency': count('Retries that may run at the same time', [1, 100_000], undefined),
  'breaker.window.calls': count(
    'Number of latest calls that the circuit is judged by',
    [1, 100_000],
    circuitBreakerDefaults.calls,
    [{ of: 'CircuitBreakerOptions', option: 'window' }],
  ),
  'breaker.window.duration': duration(
    'The circuit is judged by the calls of the last stretch of this length, in place of a number of calls',
    undefined,
    { code: [{ of: 'CircuitBreakerOptions', option: 'window', differs: WINDOWED }] },
  ),
  'breaker.minimumCalls': {
    ...count('Fewer calls than this decide nothing', [1, 100_000], circuitBreakerDefaults.minimumCalls, [
      { of: 'CircuitBreakerOptions', option: 'minimumCalls' },
    ]),
    defaultSays: '10, or window.calls if that is less',
  },
  'breaker.failureRate': {
    ...share(
      'Share of failed calls at which the circuit opens',
      circuitBreakerDefaults.failureRate,
      'CircuitBreakerOptions',
      'failureRate',
    ),
    positive: true,
  },
  'breaker.consecutiveFailures': count(
    'The circuit opens after this many failures in a row, in place of window and rate',
    [1, 100_000],
    undefined,
  ),
  'breaker.slowCalls.over': { ...duration('A call that takes longer is slow', undefined), required: true },
  'breaker.slowCalls.rate': {
    ...share('Share of slow calls at which the circuit opens', 0.8, 'CircuitBreakerOptions', 'slowCalls'),
    positive: true,
    code: [{ of: 'CircuitBreakerOptions', option: 'slowCalls', differs: 'code asks for both of its parts' }],
  },
  'breaker.openFor': duration(
    'How long an open circuit refuses calls before it tries some',
    circuitBreakerDefaults.openForMs,
    { code: [{ of: 'CircuitBreakerOptions', option: 'openForMs' }] },
  ),
  'breaker.halfOpenCalls': count(
    'Trial calls that decide whether the circuit closes again',
    [1, 1_000],
    circuitBreakerDefaults.halfOpenCalls,
    [{ of: 'CircuitBreakerOptions', option: 'halfOpenCalls' }],
  ),
  'bulkhead.concurrency': {
    ...count('Calls that run at once', [1, 1_000_000], bulkheadConcurrency, [
      { of: 'BulkheadOptions', option: 'concurrency', differs: 'code always says how many may run' },
    ]),
    defaultSays: '10, or connections + pending if that is more',
  },
  'bulkhead.queue': count(
    'Calls that may wait for one of these to end',
    [0, 100_000],
    bulkheadDefaults.queue,
    [
      { of: 'BulkheadOptions', option: 'queue' },
      { of: 'BulkheadRules', option: 'queue' },
    ],
  ),
  'bulkhead.maxWait': duration('Longest time that a call may wait in the queue', bulkheadDefaults.maxWaitMs, {
    code: [
      { of: 'BulkheadOptions', option: 'maxWaitMs' },
      { of: 'BulkheadRules', option: 'maxWaitMs' },
    ],
  }),
  'bulkhead.connections': count(
    'Connections to the callee, to all of its endpoints together',
    [1, 100_000],
    undefined,
  ),
  'bulkhead.pending': count(
    'Requests that may wait for a connection when there can be no more of them',
    [0, 100_000],
    undefined,
  ),
  'adaptiveLimit.initial': {
    ...count(
      'Calls that run at once before anything is known',
      [1, 1_000_000],
      adaptiveLimitDefaults.initialLimit,
      [{ of: 'AdaptiveLimitOptions', option: 'initialLimit' }],
    ),
    defaultSays: '20, or the nearest of min and max',
  },
  'adaptiveLimit.min': count(
    'Calls that always run at once, however slow the callee',
    [1, 1_000_000],
    adaptiveLimitDefaults.minLimit,
    [{ of: 'AdaptiveLimitOptions', option: 'minLimit' }],
  ),
  'adaptiveLimit.max': {
    ...count(
      'Most calls that run at once: the limit is found below it, by how they fare',
      [1, 1_000_000],
      adaptiveLimitDefaults.maxLimit,
      [{ of: 'AdaptiveLimitOptions', option: 'maxLimit' }],
    ),
    defaultSays: '200, or min if that is more',
  },
  'adaptiveLimit.queue': count(
    'Calls beyond the limit that may wait for a moment',
    [0, 100_000],
    adaptiveLimitDefaults.queue,
    [{ of: 'AdaptiveLimitOptions', option: 'queue' }],
  ),
  'adaptiveLimit.maxWait': duration(
    'Longest time that a call may wait in that queue; one that does not drain for so long is shed after 5ms',
    adaptiveLimitDefaults.intervalMs,
    { code: [{ of: 'AdaptiveLimitOptions', option: 'intervalMs' }] },
  ),
  'adaptiveLimit.algorithm': choice(
    'How the limit is found: gradient2 by how latency compares with the usual one, vegas by the shortest one, aimd by failures alone',
    limitAlgorithmNames,
    'gradient2',
    [
      {
        of: 'AdaptiveLimitOptions',
        option: 'algorithm',
        differs: 'code takes the algorithm with its own options, as gradient2()',
      },
    ],
  ),
  'ejection.consecutiveFailures': count(
    'Consecutive failures after which an endpoint is ejected',
    [1, 100_000],
    ejectionDefaults.consecutiveFailures,
    [{ of: 'EjectionOptions', option: 'consecutiveFailures' }],
  ),
  'ejection.interval': duration(
    'Time between two checks of which ejected endpoints may come back',
    ejectionDefaults.intervalMs,
    {
      code: [{ of: 'EjectionOptions', option: 'intervalMs' }],
    },
  ),
  'ejection.baseEjection': duration(
    'How long an endpoint is ejected, times the number of its ejections so far',
    ejectionDefaults.baseEjectionMs,
    { code: [{ of: 'EjectionOptions', option: 'baseEjectionMs' }] },
  ),
  'ejection.maxEjected': share(
    'Largest share of endpoints that may be ejected at once',
    ejectionDefaults.maxEjected,
    'EjectionOptions',
    'maxEjected',
  ),
  'ejection.panic': {
    kind: 'share',
    says: 'When fewer endpoints than this share are left, all of them are used again',
    off: true,
    default: 'off',
  },
  'rateLimit.limit': {
    ...count('Calls allowed in each stretch of time', [1, 10_000_000], undefined),
    required: true,
  },
  'rateLimit.per': duration('The stretch of time that limit counts in', rateLimitDefaults.perMs, {
    code: [{ of: 'RateLimitOptions', option: 'perMs' }],
  }),
  'rateLimit.burst': {
    ...count('Calls that may come at once', [1, 10_000_000], undefined),
    defaultSays: 'the limit',
  },
  'hedge.after': {
    ...duration('A second request is sent beside one that has not been answered for so long', undefined),
    mayBeZero: true,
    required: true,
  },
  'hedge.extra': {
    ...count('Requests that may be sent beside the first', [1, 10], hedgeDefaults.extra, [
      { of: 'HedgeDelayOptions', option: 'extra' },
    ]),
    former: 'attempts',
  },
  answers: conditions(
    'Statuses that are answers to pass on, not failures, for breaker, ejection, fallback, retry and metrics; an answer is never tried again',
    undefined,
    failureWords.status,
  ),
  balance: choice('How an endpoint is chosen for each request', balanceNames, balanceDefault, [
    { of: 'CallSettings', option: 'balance' },
  ]),
  hashOn: {
    kind: 'hash-key',
    says: 'Requests with the same value go to the same endpoint, by ring-hash, and to the same version of a split',
    off: true,
    default: 'off',
  },
  warmUp: duration(
    'How long an endpoint that joins, or comes back, takes to reach its full share of requests; it begins with a tenth of it',
    undefined,
    {
      off: true,
      default: 'off',
      code: [
        { of: 'CallSettings', option: 'warmUpMs', differs: 'code leaves it out where the document says off' },
      ],
    },
  ),
  mode: choice('enforce, or observe: decide and report, and enforce nothing', modeNames, 'enforce', [
    { of: 'CallSettings', option: 'mode' },
  ]),
}
