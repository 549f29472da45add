import { expect, it } from 'vitest'
import { adaptiveLimit, bulkhead, circuitBreaker, hedge, retry } from '../../src/index.js'

/** A policy's options are partly its decision's and partly its own: a misspelt one is told from both. */
it.each([
  ['circuit breaker', 'whenResults', 'whenResult', circuitBreaker],
  ['circuit breaker', 'failureRat', 'failureRate', circuitBreaker],
  ['retry', 'nonIdempotant', 'nonIdempotent', retry],
  ['retry', 'attemps', 'attempts', retry],
  ['bulkhead', 'releaseOnTimeouts', 'releaseOnTimeout', bulkhead],
  ['bulkhead', 'queu', 'queue', bulkhead],
  ['adaptive limit', 'whenResults', 'whenResult', adaptiveLimit],
  ['adaptive limit', 'minLimits', 'minLimit', adaptiveLimit],
  ['hedge', 'buget', 'budget', hedge],
  ['hedge', 'quantil', 'quantile', hedge],
] as const)('%s: %s is told to be %s', (subject, given, meant, policy) => {
  expect(() => (policy as (options: object) => unknown)({ [given]: 1 })).toThrow(
    `cannot create ${subject}: unknown option '${given}'; did you mean ${meant}?`,
  )
})

it.each([circuitBreaker, retry, adaptiveLimit] as const)(
  'what is no object of options is refused',
  (policy) => {
    expect(() => policy(null as never)).toThrow('options must be an object, got null')
  },
)
