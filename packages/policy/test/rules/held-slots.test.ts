import { expect, it } from 'vitest'
import { adaptiveLimit, bulkhead, constant, pipeline, retry, timeout } from '../../src/index.js'
import { useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()
const backoff = constant({ ms: 1 })

function sleep(ms: number): Promise<void> {
  return new Promise((wake) => time.clock.setTimer(ms, wake))
}

it('what one call gave up before its second try says nothing about the slot of the next call', async () => {
  const limit = bulkhead({ concurrency: 2 })
  const call = pipeline(retry({ attempts: 2, backoff }), limit, timeout({ ms: 40 }))
  const first = call.execute(({ attempt }) => sleep(attempt === 1 ? 60 : 0))
  await time.clock.advance(100)
  await first
  expect(limit.running).toBe(0)
  const second = call.outcome(() => sleep(60), { idempotent: false })
  await time.clock.advance(40)
  expect(await second).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
  expect(limit.running).toBe(1)
  await time.clock.advance(20)
  expect(limit.running).toBe(0)
})

it('each try that nobody waits for any more holds a slot of its own, in a bulkhead and an adaptive limit', async () => {
  const slots = bulkhead({ concurrency: 3 })
  const limit = adaptiveLimit({ initialLimit: 3, minLimit: 3 })
  const call = pipeline(retry({ attempts: 3, backoff }), slots, limit, timeout({ ms: 10 }))
  const outcome = call.outcome(({ attempt }) => sleep(attempt * 100))
  await time.clock.advance(50)
  expect(await outcome).toMatchObject({ ok: false })
  const inUse: number[] = []
  for (const ms of [0, 60, 110, 110]) {
    await time.clock.advance(ms)
    inUse.push(slots.running)
    expect(limit.inFlight).toBe(slots.running)
  }
  expect(inUse).toEqual([3, 2, 1, 0])
})
