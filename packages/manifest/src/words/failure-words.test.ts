import { describe, expect, it } from 'vitest'
import {
  conditionMatchesFailure,
  conditionMatchesGrpc,
  conditionMatchesStatus,
  type FailureClass,
  failureWords,
  type RetryCondition,
} from './failure-words.js'

const failures: readonly FailureClass[] = [...failureWords.transport, 'protocol-error']
const grpcStatuses = Array.from({ length: 17 }, (_, grpcStatus) => grpcStatus)
const statuses = [200, 301, 399, 404, 408, 409, 429, 499, 500, 501, 502, 503, 504, 505, 599, 600]

function meant(condition: RetryCondition): (string | number)[] {
  return [
    ...failures.filter((failure) => conditionMatchesFailure(condition, failure)),
    ...statuses.filter((status) => conditionMatchesStatus(condition, status)),
    ...grpcStatuses
      .filter((status) => conditionMatchesGrpc(condition, status))
      .map((status) => `grpc ${status}`),
  ]
}

describe('the words of failure', () => {
  it.each<[RetryCondition, (string | number)[]]>([
    ['5xx', [...failures, 500, 501, 502, 503, 504, 505, 599]],
    ['gateway-error', [...failures, 502, 503, 504]],
    ['retriable-4xx', [409]],
    ['reset', [...failures]],
    ['connect-failure', ['connect-failure']],
    ['refused-stream', ['refused-stream']],
    ['reset-before-request', ['reset-before-request']],
    ['attempt-timeout', ['attempt-timeout']],
    ['cancelled', ['grpc 1']],
    ['deadline-exceeded', ['grpc 4']],
    ['resource-exhausted', ['grpc 8']],
    ['internal', ['grpc 13']],
    ['unavailable', ['grpc 14']],
    [503, [503]],
    [429, [429]],
  ])('%s', (condition, expected) => expect(meant(condition)).toEqual(expected))

  it('are all covered above: each means something', () => {
    for (const word of [...failureWords.status, ...failureWords.transport, ...failureWords.grpc])
      expect(meant(word)).not.toEqual([])
  })
})
