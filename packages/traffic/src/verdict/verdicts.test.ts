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

it('makes each verdict once, and keeps none of what no callee should send', () => {
  const verdicts = new Verdicts()
  for (const status of [100, 503, 599]) expect(verdicts.ofStatus(status)).toBe(verdicts.ofStatus(status))
  for (const status of [0, 600]) expect(verdicts.ofStatus(status)).not.toBe(verdicts.ofStatus(status))
  expect(verdicts.ofFailure('reset')).toBe(verdicts.ofFailure('reset'))
  for (const code of [0, 16]) expect(verdicts.ofGrpcStatus(code)).toBe(verdicts.ofGrpcStatus(code))
  for (const code of [-1, 17]) expect(verdicts.ofGrpcStatus(code)).not.toBe(verdicts.ofGrpcStatus(code))
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
})

it('of the codes of gRPC, those speak against the callee that count as errors of a server', () => {
  const verdicts = new Verdicts()
  const codes = Array.from({ length: 17 }, (_, code) => code)
  expect(codes.filter((code) => verdicts.ofGrpcStatus(code).failed)).toEqual([2, 4, 12, 13, 14, 15])
})

it('what a code of gRPC comes to is told in full', () => {
  const verdicts = new Verdicts({ retryOn: ['resource-exhausted'] })
  const answered = { outcome: 'success', failed: false, replaceable: false, neverSent: false }
  expect([5, 8, 13].map((code) => verdicts.ofGrpcStatus(code))).toEqual([
    { ...answered, repeatable: false, reason: '' },
    { ...answered, repeatable: true, reason: 'grpc_8' },
    {
      outcome: 'failure',
      failed: true,
      replaceable: true,
      repeatable: false,
      neverSent: false,
      reason: 'grpc_13',
    },
  ])
})

it('what a status or the lack of one comes to is told in full', () => {
  const verdicts = new Verdicts({ retryOn: [404] })
  const traits = { repeatable: false, neverSent: false }
  expect(verdicts.ofStatus(404)).toEqual({
    ...traits,
    outcome: 'success',
    failed: false,
    replaceable: false,
    repeatable: true,
    reason: 'status_404',
  })
  const failure = { ...traits, outcome: 'failure', failed: true, replaceable: true }
  expect(verdicts.ofStatus(500)).toEqual({ ...failure, reason: 'status_500' })
  expect(verdicts.ofFailure('reset')).toEqual({ ...failure, reason: 'reset' })
  expect(verdicts.ofFailure('refused-stream')).toEqual({
    ...failure,
    neverSent: true,
    reason: 'refused-stream',
  })
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

it('a 503 in which a sidecar names how its process failed counts as that failure, and no other word does', () => {
  const verdicts = new Verdicts({ answers: [503], retryOn: ['connect-failure'] })
  expect(verdicts.ofUnavailable('connect-failure')).toEqual(verdicts.ofFailure('connect-failure'))
  expect(verdicts.ofUnavailable('connect-failure')).toMatchObject({ repeatable: true, neverSent: true })
  expect(verdicts.ofUnavailable('reset')).toMatchObject({ failed: true, repeatable: false })
  for (const word of [undefined, '', 'attempt-timeout', 'toString'])
    expect(verdicts.ofUnavailable(word)).toEqual(verdicts.ofStatus(503))
})
