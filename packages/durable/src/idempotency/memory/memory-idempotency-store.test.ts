import { virtualClock } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import type { ClaimRequest } from '../idempotency-store.js'
import { MemoryIdempotencyStore } from './memory-idempotency-store.js'

const request = (id: string, claimant: string): ClaimRequest => ({
  id,
  fingerprint: 'a',
  claimant,
  leaseMs: 1_000,
  expiryMs: 5_000,
  onTakeover: 'rerun',
})

test('a memory that is full refuses a new key, still knows the others, and has room again when they have expired', async () => {
  const clock = virtualClock()
  const store = new MemoryIdempotencyStore({ keysMax: 2, clock })
  for (const id of ['a', 'b']) expect((await store.claim(request(id, 'first'))).kind).toBe('new')
  const full = { code: 'WT_IDEMPOTENCY_STORE_FULL', keysMax: 2 }
  await expect(store.claim(request('c', 'first'))).rejects.toMatchObject(full)
  expect((await store.claim(request('a', 'second'))).kind).toBe('in-flight')
  await clock.advance(4_999)
  await expect(store.claim(request('c', 'first'))).rejects.toMatchObject(full)
  await clock.advance(1)
  expect((await store.claim(request('c', 'first'))).kind).toBe('new')
})

test('a key that is worked on is not forgotten to make room, however long ago it came', async () => {
  const clock = virtualClock()
  const store = new MemoryIdempotencyStore({ keysMax: 1, clock })
  const claimed = await store.claim(request('a', 'first'))
  if (!('claim' in claimed)) throw new Error(`it was not new: ${claimed.kind}`)
  await clock.advance(900)
  await store.renew(claimed.claim, 10_000)
  await clock.advance(9_000)
  await expect(store.claim(request('b', 'first'))).rejects.toMatchObject({
    code: 'WT_IDEMPOTENCY_STORE_FULL',
  })
})
