import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderStore } from './order-store.js'
import type { Underway } from './placing.js'

const LOOK_MS = 50
/** Longer than any customer waits. */
const LIMIT_MS = 20_000

/** Waits for an order by looking at it: its last step writes there how it has ended. */
export function watchOrder(orders: OrderStore, id: string): Underway {
  return {
    outcome: async () => {
      const giveUpAt = performance.now() + LIMIT_MS
      while (performance.now() < giveUpAt) {
        const { state, loyalty = '', reason = 'unavailable' } = (await orders.find(id)) ?? {}
        if (state === 'confirmed') return { loyalty }
        if (state === 'cancelled') return { reason }
        await sleep(LOOK_MS)
      }
      throw new Error(`order ${id} is still under way`)
    },
    reason: async () => (await orders.find(id))?.reason,
  }
}
