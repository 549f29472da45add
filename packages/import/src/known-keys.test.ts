import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Conversion, convert } from './convert.js'

/** Keys of each module as Spring Boot's properties of Resilience4j declare them. */
const springKeys: Readonly<Record<string, readonly string[]>> = {
  circuitbreaker: [
    'waitDurationInOpenState',
    'slowCallDurationThreshold',
    'maxWaitDurationInHalfOpenState',
    'transitionToStateAfterWaitDuration',
    'failureRateThreshold',
    'slowCallRateThreshold',
    'slidingWindowType',
    'slidingWindowSize',
    'minimumNumberOfCalls',
    'permittedNumberOfCallsInHalfOpenState',
    'automaticTransitionFromOpenToHalfOpenEnabled',
    'initialState',
    'writableStackTraceEnabled',
    'allowHealthIndicatorToFail',
    'eventConsumerBufferSize',
    'registerHealthIndicator',
    'recordFailurePredicate',
    'recordExceptions',
    'recordResultPredicate',
    'ignoreExceptionPredicate',
    'ignoreExceptions',
    'baseConfig',
    'enableExponentialBackoff',
    'exponentialBackoffMultiplier',
    'exponentialMaxWaitDurationInOpenState',
    'enableRandomizedWait',
    'randomizedWaitFactor',
    'ignoreClassBindingExceptions',
  ],
  retry: [
    'waitDuration',
    'intervalBiFunction',
    'maxAttempts',
    'retryExceptionPredicate',
    'resultPredicate',
    'consumeResultBeforeRetryAttempt',
    'retryExceptions',
    'ignoreExceptions',
    'eventConsumerBufferSize',
    'enableExponentialBackoff',
    'exponentialBackoffMultiplier',
    'exponentialMaxWaitDuration',
    'enableRandomizedWait',
    'randomizedWaitFactor',
    'failAfterMaxAttempts',
    'baseConfig',
  ],
  bulkhead: [
    'maxConcurrentCalls',
    'maxWaitDuration',
    'writableStackTraceEnabled',
    'baseConfig',
    'eventConsumerBufferSize',
  ],
  'thread-pool-bulkhead': [
    'eventConsumerBufferSize',
    'baseConfig',
    'writableStackTraceEnabled',
    'maxThreadPoolSize',
    'coreThreadPoolSize',
    'queueCapacity',
    'keepAliveDuration',
    'contextPropagators',
  ],
  ratelimiter: [
    'limitForPeriod',
    'limitRefreshPeriod',
    'timeoutDuration',
    'subscribeForEvents',
    'allowHealthIndicatorToFail',
    'registerHealthIndicator',
    'eventConsumerBufferSize',
    'writableStackTraceEnabled',
    'baseConfig',
  ],
  timelimiter: ['timeoutDuration', 'cancelRunningFuture', 'eventConsumerBufferSize', 'baseConfig'],
}

function unknown({ unsupported }: Conversion): string[] {
  return unsupported
    .filter(({ reason }) => reason.includes('not known to the import'))
    .map(({ path }) => path)
}

it.each(Object.entries(springKeys))('has an answer for every key of %s, in any spelling', (module, keys) => {
  for (const spell of [
    (key: string) => key,
    (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    (key: string) => key.toUpperCase(),
  ]) {
    const lines = keys.map((key) => `    ${spell(key)}: 1`).join('\n')
    const text = `resilience4j.${module}:\n  tags: { a: b }\n  instances.one:\n${lines}\n`
    expect(unknown(convert('resilience4j', text, { file: 'in.yml' }))).toEqual([])
  }
})

it('has an answer for every key of VirtualService and DestinationRule', () => {
  const file = new URL('../test/files/every-key-mesh.yaml', import.meta.url)
  const conversion = convert('istio', readFileSync(file, 'utf8'), { file: 'every.yaml' })
  expect(unknown(conversion)).toEqual([])
  expect(conversion.unsupported.length).toBeGreaterThan(40)
})

it('has an answer for every key of a Resiliency', () => {
  const policies = `timeouts: { t: 1s }
    retries: { r: { policy: constant, duration: 1s, maxInterval: 1s, maxRetries: 1, matching: { httpStatusCodes: "500", gRPCStatusCodes: "1" } } }
    circuitBreakers: { c: { maxRequests: 1, interval: 1s, timeout: 1s, trip: totalFailures > 1 } }`
  const use = 'timeout: t, retry: r, circuitBreaker: c'
  const text = `apiVersion: dapr.io/v1alpha1
kind: Resiliency
version: v1alpha1
metadata: { name: all, namespace: n }
scopes: [a]
spec:
  policies:
    ${policies}
  targets:
    apps: { b: { ${use}, circuitBreakerCacheSize: 1 } }
    actors: { d: { ${use}, circuitBreakerScope: id, circuitBreakerCacheSize: 1 } }
    components: { e: { inbound: { ${use} }, outbound: { ${use} } } }
`
  const conversion = convert('dapr', text, { file: 'all.yaml' })
  expect(unknown(conversion)).toEqual([])
  expect(conversion.manifest).toContain('attempt: 1s')
})
