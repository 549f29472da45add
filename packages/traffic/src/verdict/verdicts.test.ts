import { expect, it } from 'vitest'
import { Verdicts } from './verdicts.js'

function judged(verdicts: Verdicts, status: number): string {
  const { outcome, replaceable, repeatable } = verdicts.ofStatus(status)
  return [outcome, replaceable && 'replaceable', repeatable && 'repeatable'].filter(Boolean).join(', ')
}

it.each([
  [200, 'success'],
  [404, 'success'],
  [429, 'success, replaceable'],
  [500, 'failure, replaceable'],
  [503, 'failure, replaceable, repeatable'],
  [999, 'failure, replaceable'],
])('%i is %s where nothing is said', (status, expected) => {
  expect(judged(new Verdicts(), status)).toBe(expected)
})

it('a status that is an answer is one to everybody who judges', () => {
  const verdicts = new Verdicts({ answers: [503, 429], retryOn: ['5xx', 429] })
  expect([503, 429, 500].map((status) => judged(verdicts, status))).toEqual([
    'success',
    'success',
    'failure, replaceable, repeatable',
  ])
  expect(verdicts.ofStatus(503).reason).toBe('')
})

it('answers may be named in groups', () => {
  const verdicts = new Verdicts({ answers: ['gateway-error'] })
  expect([500, 502, 504].map((status) => verdicts.ofStatus(status).failed)).toEqual([true, false, false])
})

it('no answer is a failure, and may be harmless to repeat', () => {
  const verdicts = new Verdicts({ retryOn: ['connect-failure'] })
  expect(verdicts.ofFailure('connect-failure')).toMatchObject({
    failed: true,
    repeatable: true,
    neverSent: true,
  })
  expect(verdicts.ofFailure('reset')).toMatchObject({ failed: true, repeatable: false, neverSent: false })
})

it('makes each verdict once', () => {
  const verdicts = new Verdicts()
  expect(verdicts.ofStatus(503)).toBe(verdicts.ofStatus(503))
  expect(verdicts.ofFailure('reset')).toBe(verdicts.ofFailure('reset'))
})

it('says why in words that fit a label', () => {
  const verdicts = new Verdicts({ retryOn: [409] })
  expect([409, 503].map((status) => verdicts.ofStatus(status).reason)).toEqual(['status_409', 'status_503'])
  expect(verdicts.ofFailure('attempt-timeout').reason).toBe('attempt-timeout')
})

it.each([
  [0, 'success'],
  [1, 'success'],
  [4, 'failure'],
  [5, 'success'],
  [8, 'success, repeatable'],
  [12, 'failure'],
  [13, 'failure'],
  [14, 'failure, repeatable'],
  [99, 'success'],
])('grpc-status %i is %s', (grpcStatus, expected) => {
  const verdicts = new Verdicts({ retryOn: ['unavailable', 'resource-exhausted', '5xx'] })
  const { outcome, repeatable } = verdicts.ofGrpcStatus(grpcStatus)
  expect([outcome, repeatable && 'repeatable'].filter(Boolean).join(', ')).toBe(expected)
  expect(verdicts.ofGrpcStatus(grpcStatus)).toEqual(verdicts.ofGrpcStatus(grpcStatus))
})

it('a connection that ended before anything was written to it is harmless to replace, by reset too', () => {
  expect(new Verdicts().ofFailure('reset-before-request')).toMatchObject({
    repeatable: true,
    neverSent: true,
  })
  const only = new Verdicts({ retryOn: ['reset-before-request'] })
  expect(only.ofFailure('reset-before-request').repeatable).toBe(true)
  expect(only.ofFailure('reset').repeatable).toBe(false)
})
