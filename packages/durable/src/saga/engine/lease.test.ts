import { systemClock } from '@watertight/policy/decisions'
import { expect, test, vi } from 'vitest'
import type { Store } from '../../store/store.js'
import { DatabaseTime } from './database-time.js'
import { Lease } from './lease.js'

test('a lease that had lapsed is not held again before what was lost meanwhile is dropped', async () => {
  let lag = 0
  const clock = { ...systemClock, now: () => systemClock.now() + lag }
  let finish = (): void => {}
  let lapses = 0
  const lease = new Lease({
    // The database prolongs whatever it is asked to.
    store: { query: async () => ({ rows: [{ now: 0 }] }) } as unknown as Store,
    clock,
    time: new DatabaseTime(clock),
    leaseMs: 300,
    onLapse: async () => {
      lapses += 1
      await new Promise<void>((resolve) => (finish = resolve))
    },
    onTrouble: () => {},
  })
  await lease.begin()
  expect(lease.isHeld).toBe(true)
  lag = 1_000
  await vi.waitUntil(() => lapses > 0, { timeout: 20_000 })
  expect(lease.isHeld).toBe(false)
  finish()
  await vi.waitUntil(() => lease.isHeld, { timeout: 20_000 })
  await lease.end('')
})
