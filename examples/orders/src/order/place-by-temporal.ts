import { consume, openTemporalEngine } from '@watertight/durable'
import { orderEvents } from './order-events.js'
import { isFinal, type Order } from './order.js'
import { placeOrderSaga, UNTIL_IT_WORKS } from './place-order.js'
import type { Placing, PlacingOptions } from './placing.js'
import { startOf } from './start-of.js'
import { watchOrder } from './watch-order.js'

/** Steps that run at once in this process. */
const CONCURRENCY = 16
/** By then most orders have been begun by whoever took them. */
const LINGER_MS = 1_000

/**
 * Temporal takes part in no transaction: the saga is started once the order is written. Whoever dies in between has told of the
 * order, and from what was told it is started as well; of two starts the second does nothing.
 */
export async function placeByTemporal(options: PlacingOptions): Promise<Placing> {
  const { store, orders, callees, onTrouble } = options
  const saga = placeOrderSaga(callees, orders)
  const engine = await openTemporalEngine({
    ...temporal(),
    // Orders of the version before go on as they began.
    sagas: [saga, placeOrderSaga(callees, orders, 2)],
    concurrency: CONCURRENCY,
    onTrouble,
  })
  const start = async (order: Order) => await engine.start(saga, startOf(order))
  const { attempts: attemptsMax, backoff } = UNTIL_IT_WORKS
  const begun = await consume(store, {
    group: 'place-order',
    // Temporal may be away for longer than a few tries: an order that is told of is not to be lost for that.
    attemptsMax,
    backoff,
    topic: orderEvents,
    lingerMs: LINGER_MS,
    onError: onTrouble,
    handle: async ({ type, key }, transaction) => {
      // An embedded database has one transaction at a time: who asks beside this one waits for it.
      const order = type === 'order-placed' ? await orders.find(key ?? '', transaction) : undefined
      if (order !== undefined && !isFinal(order.state)) await start(order)
    },
  })
  return {
    begin: async (order, key) => {
      await store.transaction((transaction) => orders.insert(transaction, order, key))
      await start(order)
      return watchOrder(orders, order.id)
    },
    resume: async (order) => {
      await start(order)
      return watchOrder(orders, order.id)
    },
    close: async () => {
      await begun.close()
      await engine.close()
    },
  }
}

/** Where Temporal is, by the variables of its own programs, and its packages where they are not those of the shop. */
function temporal() {
  const { TEMPORAL_ADDRESS: address, WATERTIGHT_TEMPORAL_PACKAGES: packagesFrom } = process.env
  return {
    taskQueue: 'orders',
    ...(address === undefined ? {} : { address }),
    ...(packagesFrom === undefined ? {} : { packagesFrom }),
  }
}
