import { expect, it } from 'vitest'
import { bulkhead, circuitBreaker, pipeline, type Policy } from '../../src/index.js'
import { held, useVirtualTime } from './virtual-time.js'

useVirtualTime()

/** One call runs and two wait; the last of them loses its place, and who hears of that forces the circuit open. */
async function forceOpenWhileWaiting(order: 'breaker first' | 'bulkhead first') {
  const breaker = circuitBreaker({ consecutiveFailures: 1 })
  const limit = bulkhead({ concurrency: 1, queue: 2 })
  const call: Policy = order === 'breaker first' ? pipeline(breaker, limit) : pipeline(limit, breaker)
  const gate = held()
  const ran: string[] = []
  const start = (name: string) =>
    call.outcome(async () => {
      ran.push(name)
      if (name === 'running') await gate.promise
      if (name === 'waiting') throw new Error('down')
    })
  const outcomes = [start('running'), start('waiting'), start('evicted')]
  limit.on('refusal', () => breaker.force('open'))
  limit.reconfigure({ concurrency: 2, queue: 1 })
  gate.resolve()
  return { outcomes: await Promise.all(outcomes), ran, breaker, limit }
}

it('a call that the circuit let in keeps its permit while it waits further in, and then decides nothing', async () => {
  const { outcomes, ran, breaker, limit } = await forceOpenWhileWaiting('breaker first')
  expect(ran).toEqual(['running', 'waiting'])
  expect(outcomes).toMatchObject([
    { ok: true },
    { ok: false, reason: 'failure' },
    { ok: false, error: { code: 'WT_BULKHEAD_FULL', reason: 'evicted' } },
  ])
  expect([breaker.state, breaker.metrics.calls, limit.running]).toEqual(['forced-open', 0, 0])
})

it('a call that waited before it came to the circuit is refused when that is open by then', async () => {
  const { outcomes, ran, breaker, limit } = await forceOpenWhileWaiting('bulkhead first')
  expect(ran).toEqual(['running'])
  expect(outcomes[1]).toMatchObject({ ok: false, error: { code: 'WT_CIRCUIT_OPEN' } })
  expect([breaker.state, limit.running, limit.queued]).toEqual(['forced-open', 0, 0])
})
