import { beginChoreography, consume, joinChoreography } from '@watertight/durable'
import { placeOrderEvents } from './place-order-events.js'
import { contentOf, reasonOf, UNTIL_IT_WORKS } from './place-order.js'
import type { Placing, PlacingOptions } from './placing.js'
import { watchOrder } from './watch-order.js'

/** Loyalty takes no part: whoever waits for nobody has no answer of it to pass on. */
const NO_POINTS = 'Orders that are placed by events earn no loyalty points, but your order is processed!'
const UNDONE: ReadonlySet<string> = new Set(['reserve.undone', 'charge.undone'])

/** Tells of an order in the transaction that writes it, and confirms it when payment has told that it is charged. */
export async function placeByEvents({ store, orders, leaseMs, onTrouble }: PlacingOptions): Promise<Placing> {
  const { attempts: attemptsMax, backoff } = UNTIL_IT_WORKS
  const common = { attemptsMax, backoff, leaseMs, onError: onTrouble }
  const confirming = await joinChoreography(store, placeOrderEvents, {
    ...common,
    step: 'confirm',
    run: ({ input }, transaction) => orders.confirm(input, NO_POINTS, transaction),
  })
  const turningBack = await consume(store, {
    ...common,
    group: 'place-order.order',
    topic: placeOrderEvents.compensations,
    handle: async ({ type, key, data }, transaction) => {
      const [id, reason] = [key ?? '', reasonOf(data.because)]
      if (type === 'turned-back') await orders.turnBack(id, reason, transaction)
      // It is cancelled when there is nothing left of it.
      const undone = UNDONE.has(type) ? await orders.stepUndone(transaction, id, type) : 0
      if (undone === UNDONE.size) await orders.cancel(id, reason, transaction)
    },
  })
  return {
    begin: async (order, key) => {
      await store.transaction(async (transaction) => {
        await orders.insert(transaction, order, key)
        await beginChoreography(transaction, placeOrderEvents, { id: order.id, input: contentOf(order) })
      })
      return watchOrder(orders, order.id)
    },
    resume: async ({ id }) => watchOrder(orders, id),
    close: async () => {
      await Promise.all([confirming.close(), turningBack.close()])
    },
  }
}
