import { describe, expect, it } from 'vitest'
import { importText, modelOf, reasonsOf } from './examples.js'

const spring = (text: string, file = 'f.yml') => importText('resilience4j', text, file)

describe('settings that the code names by annotation', () => {
  it('a config default without instances becomes a policy to give to those callees', () => {
    const conversion = spring(`spring: { application: { name: order } }
resilience4j.circuitbreaker:
  configs:
    default: { failureRateThreshold: 50, waitDurationInOpenState: 20s }
`)
    expect(modelOf(conversion).policies.get('default')?.breaker).toMatchObject({ openForMs: 20_000 })
    expect(conversion.unsupported.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      'resilience4j.circuitbreaker.configs.default: no instance is configured, and those that the code names (by annotation) use it: the policy default has it, so add each callee with this policy',
    ])
  })

  it('a config default of one module beside instances of another is written too', () => {
    const conversion = spring(`resilience4j:
  circuitbreaker: { instances: { pay: { slidingWindowSize: 5 } } }
  retry: { configs: { default: { maxAttempts: 5 } } }
`)
    const { policies } = modelOf(conversion)
    expect(policies.get('pay')?.retry).toBeUndefined()
    expect(policies.get('default')?.retry?.attempts).toBe(5)
  })
})

describe('waits that double', () => {
  it.each([
    ['without a bound of their own go on doubling up to the last attempt', 4, '5s', 2, '', 20_000],
    ['end where they are told to', 4, '5s', 2, 'exponentialMaxWaitDuration: 12s', 12_000],
    ['with two attempts wait once', 2, '5s', 2, '', 5_000],
    ['by another multiplier end where that would', 4, '1s', 3, '', 9_000],
  ])('%s', (_, attempts, wait, multiplier, more, maxMs) => {
    const conversion = spring(`resilience4j.retry.instances.b:
  maxAttempts: ${attempts}
  waitDuration: ${wait}
  enableExponentialBackoff: true
  exponentialBackoffMultiplier: ${multiplier}
  ${more}
`)
    expect(modelOf(conversion).policies.get('b')?.retry?.backoff.maxMs).toBe(maxMs)
    expect(reasonsOf(conversion, 'exponentialBackoffMultiplier')).toHaveLength(multiplier === 2 ? 0 : 1)
  })

  it('grow by 1.5 in Resilience4j where no multiplier is given, which is said', () => {
    const conversion = spring('resilience4j.retry.instances.b: { enableExponentialBackoff: true }\n')
    expect(reasonsOf(conversion, 'enableExponentialBackoff').join()).toContain('do not grow by 1.5')
  })

  it('a multiplier without enableExponentialBackoff has no effect', () => {
    const conversion = spring(`resilience4j.retry.instances.b:
  wait-duration: 500ms
  exponential-backoff-multiplier: 2
`)
    expect(reasonsOf(conversion, 'exponential-backoff-multiplier')).toEqual([
      'it has no effect: enableExponentialBackoff is not on',
    ])
  })
})

describe('names of older versions', () => {
  it.each([
    ['retry', 'maxRetryAttempts: 6', (policy: Policy) => policy?.retry?.attempts, 6],
    [
      'circuitbreaker',
      'ringBufferSizeInClosedState: 8',
      (policy: Policy) => policy?.breaker?.window,
      { calls: 8 },
    ],
    [
      'circuitbreaker',
      'ringBufferSizeInClosedState: 200',
      (policy: Policy) => policy?.breaker?.minimumCalls,
      200,
    ],
    [
      'circuitbreaker',
      'ringBufferSizeInHalfOpenState: 3',
      (policy: Policy) => policy?.breaker?.halfOpenCalls,
      3,
    ],
    ['circuitbreaker', 'waitInterval: 5s', (policy: Policy) => policy?.breaker?.openForMs, 5_000],
    ['bulkhead', 'maxConcurrentCall: 9', (policy: Policy) => policy?.bulkhead?.concurrency, 9],
    ['bulkhead', 'maxWaitTime: 20ms', (policy: Policy) => policy?.bulkhead?.maxWaitMs, 20],
  ])('%s reads %s, and says which versions do', (module, setting, read, expected) => {
    const conversion = spring(`resilience4j.${module}.instances.b:\n  ${setting}\n`)
    expect(read(modelOf(conversion).policies.get('b'))).toEqual(expected)
    const key = setting.split(':')[0] ?? ''
    expect(reasonsOf(conversion, key).join()).toMatch(
      /former name of \w+: Resilience4j 1\.x reads it and 2\.x ignores it/,
    )
  })

  type Policy = ReturnType<ReturnType<typeof modelOf>['policies']['get']>
})

describe('lists of exceptions', () => {
  const retried = (more: string) => {
    const conversion = spring(`resilience4j.retry.instances.b:\n  maxAttempts: 3\n${more}`)
    return { on: modelOf(conversion).policies.get('b')?.retry?.on, conversion }
  }

  it.each([
    ['[java.net.ConnectException]', ['connect-failure', 'refused-stream']],
    ['[java.net.SocketTimeoutException]', ['attempt-timeout']],
    ['[java.util.concurrent.TimeoutException]', ['attempt-timeout']],
    ['[java.io.IOException]', ['connect-failure', 'refused-stream', 'reset']],
    ['org.springframework.web.client.HttpServerErrorException', ['5xx']],
    ['[feign.FeignException$ServiceUnavailable]', [503]],
    ['[java.lang.Exception]', ['5xx', 'connect-failure', 'refused-stream', 'reset', 'attempt-timeout']],
  ])('retryExceptions %s becomes the conditions that raise it, and no more', (list, on) => {
    const { on: found, conversion } = retried(`  retryExceptions: ${list}\n`)
    expect(found).toEqual(on)
    expect(reasonsOf(conversion, 'retryExceptions')).toEqual([])
    expect(conversion.manifest).toContain('# f.yml:3 retryExceptions')
  })

  it('a class of the code alone gets the narrowest retries, and that is said', () => {
    const { on, conversion } = retried('  retryExceptions: [shop.OutOfStockException]\n')
    expect(on).toEqual(['connect-failure', 'refused-stream'])
    expect(reasonsOf(conversion, 'retryExceptions').join()).toContain('OutOfStockException has no equivalent')
  })

  it('ignoreExceptions takes away what it covers', () => {
    const { on, conversion } = retried(
      '  ignoreExceptions: [org.springframework.web.client.HttpServerErrorException]\n',
    )
    expect(on).toEqual(['connect-failure', 'refused-stream', 'reset', 'attempt-timeout'])
    expect(conversion.manifest).toContain('without f.yml:3 ignoreExceptions')
  })

  it('ignoreExceptions of a class of the code says that retries became wider', () => {
    const { conversion } = retried('  ignoreExceptions: [shop.Refused]\n')
    expect(reasonsOf(conversion, 'ignoreExceptions').join()).toContain(
      'Refused are retried where retry.on covers them',
    )
  })

  it('a breaker says which failures it counts beyond recordExceptions', () => {
    const conversion = spring(
      'resilience4j.circuitbreaker.instances.b:\n  recordExceptions: [java.io.IOException]\n',
    )
    expect(reasonsOf(conversion, 'recordExceptions').join()).toContain(
      '5xx, attempt-timeout too, which the list leaves out',
    )
  })
})

describe('values that stand elsewhere', () => {
  it('placeholders with a default are read by it, and the comment names them', () => {
    const conversion = spring(`resilience4j.circuitbreaker.instances.b:
  failureRateThreshold: \${CB_RATE:30}
  waitDurationInOpenState: \${CB_WAIT:10}s
`)
    expect(modelOf(conversion).policies.get('b')?.breaker).toMatchObject({
      failureRate: 0.3,
      openForMs: 10_000,
    })
    expect(conversion.manifest).toContain(
      'failureRate: 30% # f.yml:2 failureRateThreshold, default of ${CB_RATE}',
    )
    expect(conversion.unsupported).toEqual([])
  })

  it('a placeholder is filled in by a property of the same text', () => {
    const conversion = spring(`limits: { tries: 7 }
resilience4j.retry.instances.b: { maxAttempts: "\${limits.tries:2}" }
`)
    expect(modelOf(conversion).policies.get('b')?.retry?.attempts).toBe(7)
    expect(conversion.manifest).toContain('value of ${limits.tries}')
  })

  it('a placeholder without a default is named', () => {
    const conversion = spring('resilience4j.retry.instances.b.maxAttempts: ${TRIES}\n')
    expect(reasonsOf(conversion, 'maxAttempts').join()).toContain('${TRIES} is filled in elsewhere')
  })

  it('placeholders of Maven are read around', () => {
    const conversion = spring(`info: { version: 1 }
app.version: @project.version@
resilience4j.retry.instances.b.maxAttempts: 4
`)
    expect(modelOf(conversion).policies.get('b')?.retry?.attempts).toBe(4)
  })

  it('a placeholder of Maven in a setting gets the hint to import what Maven wrote', () => {
    const conversion = spring('resilience4j.retry.instances.b.maxAttempts: @tries@\n')
    expect(reasonsOf(conversion, 'maxAttempts').join()).toContain('import target/classes/application.yml')
  })
})

it('a placeholder of Maven where YAML cannot be read around it gets the hint', () => {
  const read = () => spring('a: [@x@]\nresilience4j.retry.instances.b.maxAttempts: 4\n')
  expect(read).toThrow(
    expect.objectContaining({ line: 1, hint: expect.stringContaining('target/classes') as string }) as Error,
  )
})

describe('a report that is true', () => {
  it.each([
    ['timelimiter', 'timeoutDuration', '0'],
    ['circuitbreaker', 'waitDurationInOpenState', '0s'],
    ['circuitbreaker', 'slowCallDurationThreshold', '500ns'],
  ])('of a limit that would let nothing through is told, and not written: %s.%s', (module, key, value) => {
    const conversion = spring(`resilience4j.${module}.instances.b.${key}: ${value}\n`)
    expect(reasonsOf(conversion, key).join()).toContain(`must be a duration of at least 1ms`)
    // Reading it throws where the manifest has a problem.
    expect(modelOf(conversion).policies.get('b')).toBeDefined()
  })

  it('of switches of Spring Cloud says what they change', () => {
    const conversion = spring(`spring.cloud.circuitbreaker.resilience4j.disable-time-limiter: true
resilience4j.timelimiter.instances.b.timeoutDuration: 2s
`)
    expect(reasonsOf(conversion, 'disable-time-limiter').join()).toContain('take the timeout.attempt away')
  })

  it('of an instance that sets nothing names that key alone, not the module', () => {
    const conversion = spring(`spring: { application: { name: order } }
resilience4j.circuitbreaker.instances.b:
  registerHealthIndicator: true
`)
    expect(modelOf(conversion).policies.get('b')?.breaker).toBeDefined()
    expect(conversion.unsupported.map(({ path }) => path)).toEqual([
      'resilience4j.circuitbreaker.instances.b.registerHealthIndicator',
    ])
  })

  it('of a rate limiter without timeoutDuration says that callers no longer wait', () => {
    const conversion = spring(`resilience4j.ratelimiter.instances.b:
  limitForPeriod: 10
  limitRefreshPeriod: 1s
`)
    expect(reasonsOf(conversion, 'instances.b').join()).toMatch(
      /waits up to 5s in Resilience4j: .*refused at once/,
    )
  })

  it('of a config that every instance overrides says so', () => {
    const conversion = spring(`resilience4j.bulkhead:
  configs: { default: { maxConcurrentCalls: 5 } }
  instances: { b: { maxConcurrentCalls: 3 } }
`)
    expect(modelOf(conversion).policies.get('b')?.bulkhead?.concurrency).toBe(3)
    expect(reasonsOf(conversion, 'default.maxConcurrentCalls').join()).toContain('another value is in force')
  })

  it('of callees that differ by a module in their names asks whether they are one', () => {
    const conversion = spring(`resilience4j:
  circuitbreaker: { instances: { pay: { slidingWindowSize: 5 } } }
  retry: { instances: { payRetry: { maxAttempts: 2 } } }
`)
    expect(conversion.unsupported.map(({ reason }) => reason).join()).toContain(
      'by its name the same callee as',
    )
  })
})
