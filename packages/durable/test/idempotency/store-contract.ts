import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeptAnswer } from '../../src/idempotency/answer/kept-answer.js'
import type {
  Claim,
  ClaimRequest,
  ClaimResult,
  IdempotencyStore,
} from '../../src/idempotency/idempotency-store.js'

const HOUR_MS = 3_600_000

const answer: KeptAnswer = {
  status: 201,
  headers: [
    ['X-Charge', 'c-1'],
    ['set-cookie', ['a=1', 'b=2']],
  ],
  body: Buffer.from([0, 1, 2, 255, 254, 10, 13]),
}

let last = 0

function request(change: Partial<ClaimRequest> = {}): ClaimRequest {
  last += 1
  return {
    id: `contract-${last}-${Math.random()}`,
    fingerprint: 'a',
    claimant: `request-${last}`,
    leaseMs: HOUR_MS,
    expiryMs: HOUR_MS,
    onTakeover: 'rerun',
    ...change,
  }
}

/** Another request with the same key. */
const again = (first: ClaimRequest, change: Partial<ClaimRequest> = {}): ClaimRequest => ({
  ...request(),
  id: first.id,
  ...change,
})

function claimOf(result: ClaimResult): Claim {
  if (!('claim' in result)) throw new Error(`expected a claim, got ${result.kind}`)
  return result.claim
}

/** What every store of keys must do. Leases end by `renew(claim, 0)`, so that nothing waits. */
export function idempotencyStoreContract(name: string, open: () => Promise<IdempotencyStore>): void {
  describe(`the store of keys: ${name}`, () => {
    let store: IdempotencyStore
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store.close())
    const kindOf = async (claiming: ClaimRequest): Promise<string> => (await store.claim(claiming)).kind

    claims(() => store, kindOf)
    endsOfClaims(() => store, kindOf)

    test('of fifty that come at once, one runs', async () => {
      const first = request()
      const kinds = await Promise.all(Array.from({ length: 50 }, () => kindOf(again(first))))
      expect(kinds.filter((kind) => kind === 'new')).toHaveLength(1)
      expect(kinds.filter((kind) => kind === 'in-flight')).toHaveLength(49)
    })

    test('of twenty that find the lease ended, one takes over', async () => {
      const first = request()
      await store.renew(claimOf(await store.claim(first)), 0)
      const kinds = await Promise.all(Array.from({ length: 20 }, () => kindOf(again(first))))
      expect(kinds.filter((kind) => kind === 'takeover')).toHaveLength(1)
      expect(kinds.filter((kind) => kind === 'in-flight')).toHaveLength(19)
    })
  })
}

function claims(store: () => IdempotencyStore, kindOf: (claiming: ClaimRequest) => Promise<string>): void {
  test('a key that nobody has used is new, and then in flight', async () => {
    const first = request()
    expect(await kindOf(first)).toBe('new')
    expect(await kindOf(again(first))).toBe('in-flight')
  })

  test('another payload is a mismatch, while the first is in flight and once it is done', async () => {
    const first = request()
    const claim = claimOf(await store().claim(first))
    expect(await kindOf(again(first, { fingerprint: 'b' }))).toBe('mismatch')
    await store().finish(claim, answer)
    expect(await kindOf(again(first, { fingerprint: 'b' }))).toBe('mismatch')
  })

  test('what is done is replayed byte for byte, with the time at which it expires', async () => {
    const first = request()
    const claim = claimOf(await store().claim(first))
    expect(await store().finish(claim, answer)).toBe(true)
    const result = await store().claim(again(first))
    expect(result).toMatchObject({ kind: 'replay', answer: { status: 201, headers: answer.headers } })
    if (result.kind !== 'replay') return
    expect(Buffer.from(result.answer.body!)).toEqual(answer.body)
    expect(Math.abs(result.expiresAt - claim.expiresAt)).toBeLessThan(1)
  })

  test('an answer that was too long to be kept is known to have been given', async () => {
    const first = request()
    await store().finish(claimOf(await store().claim(first)), { ...answer, body: undefined })
    expect(await store().claim(again(first))).toMatchObject({ kind: 'replay', answer: { body: undefined } })
  })

  test('a claim whose answer was lost can be made again by the same request, and by no other', async () => {
    const first = request()
    const lost = claimOf(await store().claim(first))
    const second = claimOf(await store().claim(first))
    expect(second.epoch).toBeGreaterThan(lost.epoch)
    expect(await kindOf(again(first))).toBe('in-flight')
    expect(await store().finish(second, answer)).toBe(true)
  })

  test('a key is free again once it has expired, for any payload, and its epoch grows', async () => {
    const first = request({ expiryMs: 0 })
    const former = claimOf(await store().claim(first))
    await store().finish(former, answer)
    const next = await store().claim(again(first, { fingerprint: 'b' }))
    expect(next.kind).toBe('new')
    expect(claimOf(next).epoch).toBeGreaterThan(former.epoch)
    expect(await store().finish(former, answer)).toBe(false)
  })

  test('a key is remembered for as long as it was asked to be, by the clock of the store', async () => {
    const before = Date.now()
    const { expiresAt } = claimOf(await store().claim(request({ expiryMs: 24 * HOUR_MS })))
    // That clock may be a little off, and the machine busy.
    const beyondMs = expiresAt - before - 24 * HOUR_MS
    expect(Math.abs(beyondMs)).toBeLessThan(HOUR_MS / 4)
  })

  test('what is being worked on does not expire', async () => {
    const first = request({ expiryMs: 0 })
    await store().claim(first)
    expect(await kindOf(again(first))).toBe('in-flight')
  })
}

function endsOfClaims(
  store: () => IdempotencyStore,
  kindOf: (claiming: ClaimRequest) => Promise<string>,
): void {
  test('once its lease has ended a key is taken over by the same payload alone, and its first owner is refused', async () => {
    const first = request()
    const zombie = claimOf(await store().claim(first))
    expect(await store().renew(zombie, 0)).toBe(true)
    expect(await kindOf(again(first, { fingerprint: 'b' }))).toBe('mismatch')
    const next = await store().claim(again(first))
    expect(next.kind).toBe('takeover')
    expect(claimOf(next).epoch).toBeGreaterThan(zombie.epoch)
    expect(await store().finish(zombie, answer)).toBe(false)
    expect(await store().renew(zombie, HOUR_MS)).toBe(false)
    expect(await store().release(zombie)).toBe(false)
    expect(await store().finish(claimOf(next), answer)).toBe(true)
  })

  test('where nobody shall take over, a key whose lease has ended stays unknown, until its owner finishes after all', async () => {
    const first = request({ onTakeover: 'conflict' })
    const claim = claimOf(await store().claim(first))
    await store().renew(claim, 0)
    expect(await kindOf(again(first, { onTakeover: 'conflict' }))).toBe('unknown')
    expect(await store().finish(claim, answer)).toBe(true)
    expect(await kindOf(again(first, { onTakeover: 'conflict' }))).toBe('replay')
  })

  test('a lease ends by the clock of the store', async () => {
    const first = request({ leaseMs: 30 })
    await store().claim(first)
    await expect.poll(() => kindOf(again(first)), { interval: 5 }).toBe('takeover')
  })

  test('a renewed lease goes on', async () => {
    const first = request({ leaseMs: 1_000 })
    expect(await store().renew(claimOf(await store().claim(first)), HOUR_MS)).toBe(true)
    expect(await kindOf(again(first))).toBe('in-flight')
  })

  test('a released key is as if it had never come', async () => {
    const first = request()
    expect(await store().release(claimOf(await store().claim(first)))).toBe(true)
    expect(await kindOf(again(first, { fingerprint: 'b' }))).toBe('new')
  })

  test('to finish twice with the same answer does no harm, and with another one changes nothing', async () => {
    const first = request()
    const claim = claimOf(await store().claim(first))
    expect(await store().finish(claim, answer)).toBe(true)
    expect(await store().finish(claim, answer)).toBe(true)
    expect(await store().finish(claim, { ...answer, status: 500 })).toBe(false)
    expect(await store().claim(again(first))).toMatchObject({ answer: { status: 201 } })
  })

  test('cleaning removes what has expired and nothing else', async () => {
    const gone = request({ expiryMs: 0 })
    const kept = request()
    await store().finish(claimOf(await store().claim(gone)), answer)
    await store().finish(claimOf(await store().claim(kept)), answer)
    while ((await store().clean(1)) > 0);
    expect(await kindOf(again(gone))).toBe('new')
    expect(await kindOf(again(kept))).toBe('replay')
  })
}
