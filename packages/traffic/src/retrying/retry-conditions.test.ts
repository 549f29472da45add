import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../verdict/failure-class.js'
import { RetryConditions, type RetryOn } from './retry-conditions.js'
import { serverPushback } from './server-pushback.js'

const failures: readonly FailureClass[] = [
  'connect-failure',
  'refused-stream',
  'reset',
  'protocol-error',
  'attempt-timeout',
]
const statuses = [200, 301, 404, 408, 409, 429, 500, 501, 502, 503, 504, 599]

function matched(...on: RetryOn[]): (string | number)[] {
  const conditions = new RetryConditions(on)
  return [
    ...failures.filter((failure) => conditions.matchesFailure(failure)),
    ...statuses.filter((status) => conditions.matchesStatus(status)),
  ]
}

it.each<[RetryOn, (string | number)[]]>([
  ['5xx', [...failures, 500, 501, 502, 503, 504, 599]],
  ['gateway-error', [...failures, 502, 503, 504]],
  ['reset', [...failures]],
  ['connect-failure', ['connect-failure']],
  ['refused-stream', ['refused-stream']],
  ['attempt-timeout', ['attempt-timeout']],
  ['retriable-4xx', [409]],
  [503, [503]],
  [404, [404]],
  [301, [301]],
])('%s', (on, expected) => {
  expect(matched(on)).toEqual(expected)
})

it('tells the codes of gRPC apart that a condition names', () => {
  const conditions = new RetryConditions(['unavailable'])
  expect([13, 14].map((code) => conditions.matchesGrpc(code))).toEqual([false, true])
})

it('adds conditions up, and none is none', () => {
  expect(matched('connect-failure', 429, 'retriable-4xx')).toEqual(['connect-failure', 409, 429])
  expect(matched()).toEqual([])
})

describe('what an answer asks for', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:05 GMT' }, 5_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'x-envoy-overloaded': 'true' }, -1],
    [{ 'x-envoy-overloaded': 'true', 'retry-after': '1' }, -1],
    [{ 'x-should-retry': 'false' }, -1],
    [{ 'x-should-retry': 'true', 'retry-after': '1' }, 1_000],
  ])('%j is %s', (headers, expected) => {
    expect(serverPushback((name) => headers[name], now)).toBe(expected)
  })
})
