import { openSagaEngine, type SagaEngine, type SagaHandle } from '@watertight/durable'
import { confirmed, placeOrderSaga, reasonOf, type Placed } from './place-order.js'
import type { Placing, PlacingOptions, Underway } from './placing.js'
import { startOf } from './start-of.js'

/** Calls of one service that orders make at once. When it comes back, many more than that wait to be undone. */
const CONCURRENCY = 16

/** An order and the saga that places it are written in one transaction. */
export async function placeByStore(options: PlacingOptions): Promise<Placing> {
  const { store, orders, leaseMs, tracing, onTrouble } = options
  const saga = placeOrderSaga(options.callees, orders)
  const former = ([1, 2] as const).map((version) => placeOrderSaga(options.callees, orders, version))
  const sagas = [saga, ...former]
  const engine = await openSagaEngine({ store, sagas, concurrency: CONCURRENCY, leaseMs, tracing, onTrouble })
  return {
    begin: async (order, key) => {
      const [handle] = await store.atOnce((transaction) => [
        engine.startIn(transaction, saga, startOf(order)),
        orders.insert(transaction, order, key),
      ])
      return underway(engine, handle)
    },
    resume: async (order) => underway(engine, await engine.start(saga, startOf(order))),
    close: () => engine.close(),
  }
}

function underway(engine: SagaEngine, handle: SagaHandle<Placed>): Underway {
  return {
    outcome: async (signal) => {
      const ended = await handle.outcome({ signal })
      return ended.status === 'done'
        ? { loyalty: confirmed(ended.results).loyalty }
        : { reason: reasonOf(ended.turnedBack) }
    },
    reason: async () => {
      const turnedBack = (await engine.find(handle.id))?.state.turnedBack
      return turnedBack === undefined ? undefined : reasonOf(turnedBack)
    },
  }
}
