import { virtualClock, type VirtualClock } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import type { IdempotencyOptions } from '../../src/idempotency/idempotency-options.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { charging, expectProblem, heldCharging, key, type Send, started } from './charging.js'
import type { StartServer, Work } from './servers.js'

/** Tells how many keys were removed. */
class SeenStore extends MemoryIdempotencyStore {
  removed = 0

  override async clean(limit: number): Promise<number> {
    const removed = await super.clean(limit)
    this.removed += removed
    return removed
  }
}

/** How long keys are waited for, held, remembered and cleaned, on a clock that only the test moves. */
export function timesContract(start: StartServer): void {
  waits(start)
  expiries(start)
  leases(start)
}

async function clocked(
  start: StartServer,
  work: Work,
  options: Partial<IdempotencyOptions> = {},
): Promise<{ clock: VirtualClock; store: SeenStore; send: Send }> {
  const clock = virtualClock()
  const store = new SeenStore({ clock })
  return { clock, store, send: await started(start, work, { store, clock, ...options }) }
}

function waits(start: StartServer): void {
  test('whoever waits for the answer waits up to the limit, and is then told that it is worked on', async () => {
    const charges = heldCharging()
    const { clock, send } = await clocked(start, charges.work, { inFlight: { waitMs: 5_000 } })
    const first = send(key('k'))
    await expect.poll(() => charges.count).toBe(1)
    const second = send(key('k'))
    // One for the next renewal, and one for the next look.
    await expect.poll(() => clock.pending).toBe(2)
    await clock.advance(4_999)
    expect(clock.pending).toBe(2)
    await clock.advance(1)
    await expectProblem(await second, 409, 'WT_IDEMPOTENCY_IN_FLIGHT')
    charges.go()
    expect((await first).status).toBe(201)
  })
}

function expiries(start: StartServer): void {
  test.each<[string, Partial<IdempotencyOptions>, number]>([
    ['24 hours unless it is said', {}, 86_400_000],
    ['as long as `expiryMs` says', { expiryMs: 90_000 }, 90_000],
  ])(
    'an answer is replayed for %s, and tells until when; then its key is new',
    async (_, options, expiryMs) => {
      const charges = charging()
      const { clock, send } = await clocked(start, charges.work, options)
      const until = new Date(clock.wallNow() + expiryMs).toUTCString()
      const expiryOf = async (): Promise<string | null> =>
        (await send(key('k'))).headers.get('idempotency-key-expires')
      expect(await expiryOf()).toBe(until)
      // What is done renews no lease.
      expect(clock.pending).toBe(0)
      await clock.advance(expiryMs - 1)
      expect(await expiryOf()).toBe(until)
      expect(charges.count).toBe(1)
      await clock.advance(1)
      expect((await send(key('k'), '{"amount":2}')).status).toBe(201)
      expect(charges.count).toBe(2)
    },
  )

  test('keys that have expired are removed by what comes in, all of them, once a minute', async () => {
    const { clock, store, send } = await clocked(start, charging().work)
    const others = { fingerprint: 'a', claimant: 'a', leaseMs: 1, expiryMs: 1, onTakeover: 'rerun' } as const
    const expired = async (): Promise<void> => {
      for (let n = 0; n < 1_500; n += 1) await store.claim({ id: `other ${n}`, ...others })
    }
    await expired()
    await clock.advance(59_999)
    await send(key('k-1'))
    expect(store.removed).toBe(0)
    await clock.advance(1)
    await send(key('k-2'))
    await expect.poll(() => store.removed).toBe(1_500)
    await expired()
    await clock.advance(60_000)
    await send(key('k-3'))
    await expect.poll(() => store.removed).toBe(3_000)
  })
}

function leases(start: StartServer): void {
  test('a handler that has lost its key, and answers with more than can be kept, does not look done', async () => {
    const charges = heldCharging()
    // With a status that is also that of the refusal.
    const work: Work = async (body) => ({
      ...(await charges.work(body)),
      status: 409,
      body: 'x'.repeat(5_000),
    })
    const { clock, send } = await clocked(start, work, {
      onTakeover: 'rerun',
      keeps: () => true,
      answerBytesMax: 1_000,
      leaseMs: 3_000,
      runMsMax: 10_000,
    })
    const whole = async (asking: Promise<Response>): Promise<string> => {
      const answer = await asking
      return `${answer.status}, ${(await answer.text()).length} bytes`
    }
    const first = whole(send(key('k'))).catch(() => 'broken off')
    await expect.poll(() => charges.count).toBe(1)
    await clock.advance(14_500)
    expect(await whole(send(key('k')))).toBe('409, 5000 bytes')
    charges.go()
    // A server that had sent nothing yet says 500.
    expect(await first).toMatch(/^broken off$|^500/)
    await expectProblem(await send(key('k')), 409, 'WT_IDEMPOTENCY_ANSWER_NOT_KEPT')
    expect(charges.count).toBe(2)
  })

  test.each<[string, Partial<IdempotencyOptions>, number, number]>([
    ['for 10 minutes unless it is said', {}, 30_000, 600_000],
    ['for `runMsMax`', { leaseMs: 3_000, runMsMax: 10_000 }, 3_000, 10_000],
  ])(
    'a handler that outlives its lease keeps its key %s; once it is believed to have hung the next runs, and it is refused',
    async (_, options, leaseMs, runMsMax) => {
      const charges = heldCharging()
      const { clock, send } = await clocked(start, charges.work, { onTakeover: 'rerun', ...options })
      const first = send(key('k'))
      await expect.poll(() => charges.count).toBe(1)
      await clock.advance(runMsMax + leaseMs / 2)
      await expectProblem(await send(key('k')), 409, 'WT_IDEMPOTENCY_IN_FLIGHT')
      await clock.advance(leaseMs)
      expect(await (await send(key('k'))).text()).toContain('charge 2')
      charges.go()
      await expectProblem(await first, 409, 'WT_IDEMPOTENCY_CLAIM_LOST')
      expect(await (await send(key('k'))).text()).toContain('charge 2')
      expect(charges.count).toBe(2)
    },
  )
}
