import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bulkhead, constant, pipeline, retry, timeout } from '../../src/index.js'
import { useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()

const call = fc.record({ delayMs: fc.integer({ min: 0, max: 300 }), fails: fc.boolean(), sync: fc.boolean() })

it('concurrent calls settle once, with their own results, and every slot comes back', async () => {
  const property = fc.asyncProperty(fc.array(call, { maxLength: 8 }), async (calls) => {
    const guard = bulkhead({ concurrency: 2, queue: 4 })
    const policy = pipeline(retry({ attempts: 2, backoff: constant({ ms: 7 }) }), timeout({ ms: 100 }), guard)
    const outcomes = calls.map(({ delayMs, fails, sync }, id) =>
      policy.outcome(async ({ attempt }) => {
        if (!sync) await new Promise<void>((wake) => time.clock.setTimer(delayMs, wake))
        if (fails && attempt === 1) throw new Error('first')
        return id
      }),
    )
    await time.clock.advance(5_000)
    for (const [id, outcome] of (await Promise.all(outcomes)).entries()) {
      if (outcome.ok) expect(outcome.value).toBe(id)
    }
    expect([guard.running, guard.queued]).toEqual([0, 0])
  })
  await fc.assert(property, { numRuns: 50 })
})
