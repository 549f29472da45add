import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderStore } from './order-store.js'
import type { Underway } from './placing.js'

const LOOK_MS = 50

/** Waits for an order by looking at it: its last step writes there how it has ended. */
export function watchOrder(orders: OrderStore, id: string): Underway {
  return {
    outcome: async (signal) => {
      while (!signal.aborted) {
        const { state, loyalty = '', reason = 'unavailable' } = (await orders.find(id)) ?? {}
        if (state === 'confirmed') return { loyalty }
        if (state === 'cancelled') return { reason }
        await sleep(LOOK_MS, undefined, { signal })
      }
      throw signal.reason
    },
    reason: async () => (await orders.find(id))?.reason,
  }
}
