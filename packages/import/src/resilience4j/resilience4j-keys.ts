import type { Known, KnownKeys, Setting } from '../settings/setting.js'
import { textsOf } from '../settings/read.js'
import { canonical } from '../spring/spring-settings.js'
import { allConditions, readExceptions } from './exceptions.js'
import { formerKeys } from './module-config.js'

const byCode =
  'a manifest tells failures apart by status and transport, not by code of yours: use retry.on and answers, or `when` in code'
const health = 'health is served by the readiness probe, which `health.ready` of the service describes'
const aspect =
  'the order is fixed here: fallback, total timeout, retry, breaker, bulkhead, attempt timeout; nothing to do'
const openGrowth =
  'openFor is one duration in a manifest; `openGrowth` of circuitBreaker() in code lets it grow'
const threads = 'there are no threads to keep: calls share one event loop; nothing to do'
const metrics = 'telemetry has metrics for every policy; nothing to do'
const noExponential = 'it has no effect: enableExponentialBackoff is not on'
const tags = 'labels of metrics are fixed and bounded; add labels where the metrics are scraped'
/** For what is read wherever it is in force. */
const overridden = 'another value is in force wherever this one would be; nothing to do'

const ofEvery: KnownKeys = {
  baseConfig: overridden,
  eventConsumerBufferSize: 'events are counted by telemetry and not kept; nothing to do',
  subscribeForEvents: 'every policy reports its events to telemetry; nothing to do',
  registerHealthIndicator: health,
  allowHealthIndicatorToFail: health,
  writableStackTraceEnabled: 'a refusal never captures a stack here; nothing to do',
  ...Object.fromEntries(formerKeys.map((key) => [key, overridden])),
}

const circuitBreaker: KnownKeys = {
  ...ofEvery,
  slidingWindowType: overridden,
  slidingWindowSize: overridden,
  minimumNumberOfCalls: overridden,
  failureRateThreshold: overridden,
  slowCallDurationThreshold: overridden,
  slowCallRateThreshold: overridden,
  waitDurationInOpenState: overridden,
  permittedNumberOfCallsInHalfOpenState: overridden,
  automaticTransitionFromOpenToHalfOpenEnabled: overridden,
  recordExceptions: countedExceptions,
  ignoreExceptions: uncountedExceptions,
  recordFailurePredicate: byCode,
  recordResultPredicate: byCode,
  recordException: byCode,
  ignoreExceptionPredicate: byCode,
  ignoreException: byCode,
  ignoreClassBindingExceptions: byCode,
  currentTimestampFunction: byCode,
  maxWaitDurationInHalfOpenState: 'a probe has a deadline of its own here; nothing to do',
  transitionToStateAfterWaitDuration: 'a half-open circuit whose probes hang opens again; nothing to do',
  initialState: 'a circuit starts closed; `mode: observe` lets a policy decide and enforce nothing',
  slidingWindowSynchronizationStrategy: threads,
  enableExponentialBackoff: openGrowth,
  exponentialBackoffMultiplier: openGrowth,
  exponentialMaxWaitDurationInOpenState: openGrowth,
  enableRandomizedWait: openGrowth,
  randomizedWaitFactor: openGrowth,
}

const retry: KnownKeys = {
  ...ofEvery,
  maxAttempts: overridden,
  waitDuration: overridden,
  retryExceptions: overridden,
  ignoreExceptions: overridden,
  enableExponentialBackoff: overridden,
  exponentialBackoffMultiplier: noExponential,
  exponentialMaxWaitDuration: noExponential,
  enableRandomizedWait: overridden,
  randomizedWaitFactor: 'it has no effect: enableRandomizedWait is not on',
  retryExceptionPredicate: byCode,
  ignoreExceptionPredicate: byCode,
  resultPredicate: byCode,
  ignoreClassBindingExceptions: byCode,
  consumeResultBeforeRetryAttempt:
    'the body of an answer that is thrown away is always discarded; nothing to do',
  intervalBiFunction: 'a wait computed by code has no place in a manifest: use `backoff` of retry() in code',
  failAfterMaxAttempts: 'after the last attempt the caller always gets the last failure; nothing to do',
}

const bulkhead: KnownKeys = {
  ...ofEvery,
  maxConcurrentCalls: overridden,
  maxWaitDuration: overridden,
  fairCallHandlingEnabled: 'calls that wait are taken in their order; nothing to do',
  fairCallHandlingStrategyEnabled: 'calls that wait are taken in their order; nothing to do',
}

const threadPool: KnownKeys = {
  ...ofEvery,
  maxThreadPoolSize: overridden,
  coreThreadPoolSize: threads,
  queueCapacity: overridden,
  keepAliveDuration: threads,
  rejectedExecutionHandler: threads,
  contextPropagators: 'context follows promises by AsyncLocalStorage; nothing to do',
}

const rateLimiter: KnownKeys = {
  ...ofEvery,
  limitForPeriod: overridden,
  limitRefreshPeriod: overridden,
  timeoutDuration: overridden,
  limitRefreshPeriodInNanos: 'nanoseconds, as the oldest versions count: write rateLimit.per',
}

const timeLimiter: KnownKeys = {
  ...ofEvery,
  timeoutDuration: overridden,
  cancelRunningFuture: overridden,
}

/** The parts of Resilience4j, each a section with instances, and their keys. */
export const modules: Readonly<Record<ModuleName, KnownKeys>> = {
  timelimiter: timeLimiter,
  retry,
  circuitbreaker: circuitBreaker,
  bulkhead,
  threadpoolbulkhead: threadPool,
  ratelimiter: rateLimiter,
}

export type ModuleName =
  'timelimiter' | 'retry' | 'circuitbreaker' | 'bulkhead' | 'threadpoolbulkhead' | 'ratelimiter'

const aspectOrders: KnownKeys = Object.fromEntries(
  ['circuitBreaker', 'retry', 'rateLimiter', 'bulkhead', 'timeLimiter', 'threadPoolBulkhead'].map((name) => [
    `${name}AspectOrder`,
    aspect,
  ]),
)

function moduleKeys(keys: KnownKeys): Known {
  const instances: KnownKeys = { '*': keys }
  const configs: KnownKeys = {
    '*': (config) =>
      config.visited ? keys : 'no instance uses this config; write a policy where one should',
  }
  const below = canonicalKeys({
    ...aspectOrders,
    configs,
    instances,
    backends: instances,
    limiters: instances,
    tags,
    metrics,
  })
  return (module) =>
    module.entries.length > 0
      ? below
      : 'no instance of it is configured, so that no call has it: write a policy where one should'
}

/** What stands below `resilience4j`. */
export const resilience4jKeys: KnownKeys = canonicalKeys({
  ...Object.fromEntries(
    Object.entries(modules).map(([name, keys]) => [name, moduleKeys(canonicalKeys(keys))]),
  ),
  ...aspectOrders,
  scheduled: threads,
  metrics,
  micrometer: metrics,
  tags,
  ...Object.fromEntries(['thread-pool-executor', 'contextpropagation'].map((name) => [name, threads])),
})

export function canonicalKeys(keys: KnownKeys): KnownKeys {
  return Object.fromEntries(Object.entries(keys).map(([key, known]) => [canonical(key), known]))
}

/** A breaker of a manifest counts every 5xx and every failure of transport. */
function countedExceptions(list: Setting): string {
  const { conditions, unknown } = readExceptions(textsOf(list))
  const beyond = unknown.length === 0 ? '' : `, and ${unknown.join(', ')} is known to code alone`
  const missing = allConditions.filter((condition) => !conditions.includes(condition))
  if (missing.length === 0) return `the breaker counts all of these here too${beyond}; nothing to do`
  return `the breaker counts every 5xx and every failure of transport here, ${missing.join(', ')} too, which the list leaves out${beyond}: write answers for statuses that are no failures`
}

function uncountedExceptions(list: Setting): string {
  const { conditions, unknown } = readExceptions(textsOf(list))
  if (conditions.length === 0 && unknown.length === 0)
    return 'the breaker counts none of these here either; nothing to do'
  const counted = [...conditions, ...unknown].join(', ')
  return `the breaker counts them here, where they are a 5xx or a failure of transport (${counted}): write answers for statuses that are no failures`
}
