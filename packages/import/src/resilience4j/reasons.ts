import type { Setting } from '../settings/setting.js'
import { canonical } from './spring-settings.js'

const byException =
  'a manifest tells failures apart by status and transport, not by class: use retry.on and breaker.answers, or `when` in code'
const health = 'health is served by the readiness probe, which `health.ready` of the service describes'
const aspect =
  'the order is fixed here: fallback, total timeout, retry, breaker, bulkhead, attempt timeout; nothing to do'
const openGrowth =
  'openFor is one duration in a manifest; `openGrowth` of circuitBreaker() in code lets it grow'
const threads = 'there are no threads to keep: calls share one event loop; nothing to do'

const reasons: Readonly<Record<string, string>> = {
  baseConfig: 'no instance uses this config',
  recordExceptions: byException,
  ignoreExceptions: byException,
  retryExceptions: byException,
  recordFailurePredicate: byException,
  recordResultPredicate: byException,
  ignoreExceptionPredicate: byException,
  retryExceptionPredicate: byException,
  resultPredicate: byException,
  ignoreClassBindingExceptions: byException,
  consumeResultBeforeRetryAttempt:
    'the body of an answer that is thrown away is always discarded; nothing to do',
  intervalBiFunction: 'a wait computed by code has no place in a manifest: use `backoff` of retry() in code',
  failAfterMaxAttempts: 'after the last attempt the caller always gets the last failure; nothing to do',
  registerHealthIndicator: health,
  allowHealthIndicatorToFail: health,
  eventConsumerBufferSize: 'events are counted by telemetry and not kept; nothing to do',
  subscribeForEvents: 'every policy reports its events to telemetry; nothing to do',
  writableStackTraceEnabled: 'a refusal never captures a stack here; nothing to do',
  maxWaitDurationInHalfOpenState: 'a probe has a deadline of its own here; nothing to do',
  transitionToStateAfterWaitDuration: 'a half-open circuit whose probes hang opens again; nothing to do',
  initialState: 'a circuit starts closed; `mode: observe` lets a policy decide and enforce nothing',
  slidingWindowSynchronizationStrategy: threads,
  enableExponentialBackoff: openGrowth,
  exponentialBackoffMultiplier: openGrowth,
  exponentialMaxWaitDurationInOpenState: openGrowth,
  enableRandomizedWait: openGrowth,
  randomizedWaitFactor: openGrowth,
  exponentialMaxWaitDuration: 'it bounds exponential waits only, and enableExponentialBackoff is not on',
  coreThreadPoolSize: threads,
  keepAliveDuration: threads,
  contextPropagators: 'context follows promises by AsyncLocalStorage; nothing to do',
  tags: 'labels of metrics are fixed and bounded; add labels where the metrics are scraped',
  circuitBreakerAspectOrder: aspect,
  retryAspectOrder: aspect,
  rateLimiterAspectOrder: aspect,
  bulkheadAspectOrder: aspect,
  timeLimiterAspectOrder: aspect,
  metrics: 'telemetry has metrics for every policy; nothing to do',
  scheduled: threads,
  micrometer: 'telemetry has metrics for every policy; nothing to do',
}
/** The parts of Resilience4j, each a section with instances. */
export const modules: readonly string[] = [
  'timelimiter',
  'retry',
  'circuitbreaker',
  'bulkhead',
  'threadpoolbulkhead',
  'ratelimiter',
]

function isModule(key: string): boolean {
  return modules.includes(canonical(key))
}

const byKey = new Map(Object.entries(reasons).map(([key, reason]) => [canonical(key), reason]))

/** Why a value that nobody used is not in the manifest. */
export function springReason(setting: Setting): string {
  const { path, key } = setting
  if (!/^resilience4j($|\.)/i.test(path)) return 'not a setting of Resilience4j; it stays where it is'
  if (/\.configs\.[^.]+$/.test(path)) return 'no instance uses this config; write a policy where one should'
  if (/^resilience4j\.[^.]+$/i.test(path) && isModule(key))
    return 'no instance of it is configured, so that no call has it: write a policy where one should'
  const known = byKey.get(canonical(key))
  if (known !== undefined) return known
  if (/\.configs\./.test(path))
    return 'every instance that uses this config overrides this value; nothing to do'
  return 'this key is not known to the import: check its spelling, or write what it means by hand'
}
