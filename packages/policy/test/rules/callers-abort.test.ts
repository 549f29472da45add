import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { bulkhead, circuitBreaker, constant, pipeline, retry, timeout } from '../../src/index.js'
import { never, useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()
const reason = new Error('the caller left')

it('cancellations by callers do not open the circuit', async () => {
  const call = circuitBreaker({ consecutiveFailures: 1 })
  for (let index = 0; index < 20; index += 1) {
    const caller = new AbortController()
    const outcome = call.outcome(() => never, { signal: caller.signal })
    caller.abort(reason)
    expect(await outcome).toEqual({ ok: false, error: reason, reason: 'abort' })
  }
  expect([call.state, call.metrics.calls]).toEqual(['closed', 0])
})

it('an abort during a backoff wait settles now and tries no more', async () => {
  const caller = new AbortController()
  let tries = 0
  const operation = (): never => {
    tries += 1
    throw new Error('down')
  }
  const call = pipeline(
    timeout({ ms: 9_000 }),
    retry({ backoff: constant({ ms: 300 }) }),
    timeout({ ms: 1_000 }),
  )
  const outcome = call.outcome(operation, { signal: caller.signal })
  caller.abort(reason)
  expect(await outcome).toMatchObject({ error: reason, reason: 'abort' })
  await time.clock.advance(10_000)
  expect(tries).toBe(1)
})

it('an abort in the queue of a bulkhead settles now and never runs', async () => {
  const call = bulkhead({ concurrency: 1, queue: 1 })
  void call.outcome(() => never)
  const caller = new AbortController()
  const outcome = call.outcome(() => expect.fail('ran'), { signal: caller.signal })
  caller.abort(reason)
  expect(await outcome).toMatchObject({ error: reason })
  expect([call.running, call.queued]).toEqual([1, 0])
})

it('a hundred thousand calls leave no listener on one signal', async () => {
  const { signal } = new AbortController()
  const call = timeout({ ms: 1_000 })
  for (let index = 0; index < 100_000; index += 1) await call.execute(async () => index, { signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})
