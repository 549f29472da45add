import { expect, test } from 'vitest'
import { migrate, PostgresIdempotencyStore } from '../../src/index.js'
import { emptyStore } from '../empty-store.js'
import { charging, expectProblem, key, started } from './charging.js'
import { servers } from './servers.js'

test('a database that hangs has callers told 503 when the time for a claim is over; once it is well, they run', async () => {
  const store = await emptyStore()
  await migrate(store)
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  // The embedded database has one connection, and gives it to nobody else meanwhile.
  const hanging = store.transaction(async () => await gate)
  const charges = charging()
  const keys = new PostgresIdempotencyStore({ store })
  const send = await started(servers['node:http']!, charges.work, { store: keys, claimDeadlineMs: 50 })
  await expectProblem(await send(key('k')), 503, 'WT_IDEMPOTENCY_STORE_UNAVAILABLE')
  expect(charges.count).toBe(0)
  go()
  await hanging
  await expect.poll(async () => (await send(key('k'))).status, { timeout: 60_000 }).toBe(201)
  expect(charges.count).toBe(1)
  await store.close()
})
