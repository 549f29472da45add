import { expect, onTestFinished, test, vi } from 'vitest'
import type { ClaimRequest, IdempotencyStore } from '../../src/idempotency/idempotency-store.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let last = 0
function request(id: string, change: Partial<ClaimRequest> = {}): ClaimRequest {
  last += 1
  return {
    id,
    fingerprint: 'a',
    claimant: `request-${last}-${Math.random()}`,
    leaseMs: HOUR_MS,
    expiryMs: 30 * DAY_MS,
    onTakeover: 'rerun',
    ...change,
  }
}

/** What a store that processes share must do when the clock of one of them is wrong: it is asked for its own time. */
export function lyingClockContract(name: string, open: () => Promise<IdempotencyStore>): void {
  test.each([10 * DAY_MS, -10 * DAY_MS])(
    `a process whose clock is wrong by %s ms neither takes a key over nor lets its own be: ${name}`,
    async (wrongByMs) => {
      const store = await open()
      const now = Date.now()
      onTestFinished(async () => {
        vi.useRealTimers()
        await store.close()
      })
      const [others, own] = ['others', 'own'].map((key) => `${key}-${Math.random()}`) as [string, string]
      const kindOf = async (id: string): Promise<string> => (await store.claim(request(id))).kind
      const right = await store.claim(request(others))
      if (!('claim' in right)) throw new Error(`it was not new: ${right.kind}`)

      vi.useFakeTimers({ toFake: ['Date'], now: now + wrongByMs })
      expect(await kindOf(others)).toBe('in-flight')
      const wrong = await store.claim(request(own))
      if (!('claim' in wrong)) throw new Error(`it was not new: ${wrong.kind}`)
      expect(Math.abs(wrong.claim.expiresAt - now - 30 * DAY_MS)).toBeLessThan(HOUR_MS)
      expect(wrong.claim.epoch).toBeGreaterThan(right.claim.epoch)
      expect(wrong.claim.epoch - right.claim.epoch).toBeLessThan(HOUR_MS * 1_000)

      vi.useRealTimers()
      expect(await kindOf(own)).toBe('in-flight')
      vi.useFakeTimers({ toFake: ['Date'], now: now + wrongByMs })
      await store.renew(wrong.claim, HOUR_MS)
      vi.useRealTimers()
      expect(await kindOf(own)).toBe('in-flight')
      await store.renew(wrong.claim, 0)
      expect(await kindOf(own)).toBe('takeover')
    },
  )
}
