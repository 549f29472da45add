import { expect, onTestFinished, test } from 'vitest'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'

test('a Redis that is not there is told by its address and the reason, and not by its password', async () => {
  // Nobody listens on port 1.
  const keys = await openIdempotencyStore('redis://ann:secret@127.0.0.1:1')
  onTestFinished(() => keys.close())
  const claiming = {
    id: 'k',
    fingerprint: 'a',
    claimant: 'a',
    leaseMs: 1_000,
    expiryMs: 1_000,
    onTakeover: 'rerun',
  } as const
  const said = await keys.claim(claiming).then(
    () => 'it is there',
    (error: Error) => error.message,
  )
  expect(said).toBe('cannot ask Redis at redis://***@127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1')
})

test('a misspelt option of a store of keys is refused, which would be one that waits for no replica', async () => {
  const replica = { replica: 1 } as object
  await expect(openIdempotencyStore('redis://127.0.0.1:1', replica)).rejects.toThrow('did you mean replicas?')
})
