import { request } from 'node:http'
import { expect, test } from 'vitest'
import type { OnTakeover } from '../../src/idempotency/decide-claim.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { charging, heldCharging, key, type Send, started } from './charging.js'
import type { StartServer } from './servers.js'

/** Takes its time for the first claim. */
class SlowStore extends MemoryIdempotencyStore {
  isAsked = false
  go: () => void = () => undefined
  readonly #gate = new Promise<void>((resolve) => (this.go = resolve))

  override claim: MemoryIdempotencyStore['claim'] = async (...asked) => {
    const isFirst = !this.isAsked
    this.isAsked = true
    const result = await super.claim(...asked)
    if (isFirst) await this.#gate
    return result
  }
}

/** Sends a charge; what it returns hangs up, and resolves once the server has seen that. */
function sendAndLeave(post: Send): () => Promise<void> {
  const leaving = request(`${post.url}/charges`, { method: 'POST', headers: key('k'), agent: false })
  leaving.on('error', () => undefined)
  leaving.end('{"amount":1}')
  return async () => {
    leaving.destroy()
    await expect.poll(() => post.connections()).toBe(0)
  }
}

/** What becomes of a request whose caller does not wait for its answer. */
export function leavingContract(start: StartServer): void {
  test('a caller that hangs up before the answer finds it on its next try', async () => {
    const charges = heldCharging()
    const post = await started(start, charges.work, { inFlight: { waitMs: 20_000 } })
    const leave = sendAndLeave(post)
    await expect.poll(() => charges.count).toBe(1)
    await leave()
    charges.go()
    const second = await post(key('k'))
    expect([second.status, await second.text()]).toEqual([201, 'charge 1 of {"amount":1} \u2713'])
    expect(charges.count).toBe(1)
  })

  test.each<OnTakeover>(['rerun', 'conflict'])(
    'a caller that hangs up while its key is claimed: nothing is begun for it, and its next try runs alone (%s)',
    async (onTakeover) => {
      const charges = charging()
      const store = new SlowStore()
      const post = await started(start, charges.work, { store, onTakeover, inFlight: { waitMs: 20_000 } })
      const leave = sendAndLeave(post)
      await expect.poll(() => store.isAsked).toBe(true)
      await leave()
      store.go()
      const second = await post(key('k'))
      expect([second.status, await second.text()]).toEqual([201, 'charge 1 of {"amount":1} \u2713'])
      expect(charges.count).toBe(1)
    },
  )
}
