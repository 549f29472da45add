import { virtualClock } from '@watertight/policy/testing'
import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { GuardedRequest } from './guarded-request.js'

function request(clock: ReturnType<typeof virtualClock>, timeoutMs: number): GuardedRequest {
  const now = clock.now()
  return new GuardedRequest({ headers: {} } as IncomingMessage, clock, now, now + timeoutMs, 0)
}

it('aborts at the deadline, and says how long the caller gave', async () => {
  const clock = virtualClock()
  const guarded = request(clock, 500)
  const { signal } = guarded
  await clock.advance(499)
  expect([signal.aborted, guarded.remainingMs()]).toEqual([false, 1])
  await clock.advance(1)
  expect([signal.aborted, guarded.remainingMs()]).toEqual([true, 0])
  expect(signal.reason).toMatchObject({
    code: 'WT_DEADLINE_EXCEEDED',
    message: 'the caller has stopped waiting after 500 ms',
  })
})

it('never aborts once answered, and leaves no timer behind', async () => {
  const clock = virtualClock()
  const guarded = request(clock, 500)
  const { signal } = guarded
  guarded.end('answered')
  expect(clock.pending).toBe(0)
  await clock.advance(1_000)
  expect(signal.aborted).toBe(false)
})

it('is aborted already for who looks too late', () => {
  const clock = virtualClock()
  const gone = request(clock, 500)
  gone.end('abandoned')
  expect(gone.signal.reason).toMatchObject({ code: 'WT_CALLER_GONE' })
  const expired = request(clock, 0)
  expect(expired.signal.reason).toMatchObject({ code: 'WT_DEADLINE_EXCEEDED' })
})

it('makes neither an id, nor a signal, nor a timer unless somebody reads it', () => {
  const clock = virtualClock()
  const guarded = request(clock, 500)
  expect(clock.pending).toBe(0)
  expect(guarded.requestId).toBe(guarded.requestId)
})
