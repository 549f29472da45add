import { expect, it } from 'vitest'
import { circuitBreaker, pipeline, timeout } from '../../src/index.js'
import { recordEvents } from '../../src/testing/index.js'
import { useVirtualTime } from './virtual-time.js'

useVirtualTime()

it('a breaker that only observes says what it would have refused, and refuses nothing', async () => {
  const breaker = circuitBreaker({ consecutiveFailures: 1, openForMs: 1_000 })
  breaker.force('observe')
  const call = pipeline(timeout({ ms: 10 }), breaker)
  const events = recordEvents(call)
  await call.outcome(() => Promise.reject(new Error('down')))
  expect(await call.execute(async () => 'done')).toBe('done')
  expect(events.events.filter(({ type }) => type === 'would-refuse')).toEqual([
    { type: 'would-refuse', policy: 'circuit-breaker', code: 'WT_CIRCUIT_OPEN', retryAfterMs: 1_000 },
  ])
})
