import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  migrate,
  openSagaEngine,
  type SagaEngine,
  type SagaHandle,
  type SagaOutcome,
  type StartOptions,
  type Store,
} from '@watertight/durable'
import type { Tracing } from '@watertight/telemetry'
import { priceOf, type Checkout } from '../checkout/checkout-schema.js'
import type { Edge } from '../http/edge.js'
import { Problem, unavailable } from '../http/problem.js'
import { isFinal, type Order, type OrderContent } from './order.js'
import { OrderStatuses } from './order-status.js'
import { isKeyTaken, OrderStore } from './order-store.js'
import {
  confirmed,
  contentOf,
  placeOrderSaga,
  reasonOf,
  type Placed,
  type PlaceOrder,
} from './place-order.js'
import type { Callees } from './steps.js'
import { taxIn } from './tax.js'

/** How long a customer waits for an order. */
const WAIT_MS = 8_000
/** How long a customer who is told no waits until all is undone. */
const UNDO_MS = 4_000
/** How often an order is looked at that somebody waits for: it may have turned back, or another process may have it. */
const LOOK_MS = 250
/** Calls of one service that orders make at once. When it comes back, many more than that wait to be undone. */
const CONCURRENCY = 16
/** How soon others take up the orders of a process that has died. */
const LEASE_MS = 3_000

export interface CheckoutDeskOptions {
  readonly store: Store
  readonly version: string
  readonly callees: Callees
  readonly tax: Pick<Edge, 'call'>
  readonly tracing?: Tracing
  /** Hears what went wrong outside of any step; it is tried again. */
  readonly onTrouble: (error: unknown, orderId?: string) => void
  /** Default: a random UUID. */
  readonly newId?: (customer: string) => string
  readonly leaseMs?: number
}

/** Takes checkouts: each is an order and the saga that places it, written in one transaction. */
export class CheckoutDesk {
  readonly orders: OrderStore
  readonly statuses: OrderStatuses
  readonly #options: CheckoutDeskOptions
  readonly #saga: PlaceOrder
  readonly #engine: SagaEngine

  private constructor(
    options: CheckoutDeskOptions,
    parts: Pick<CheckoutDesk, 'orders' | 'statuses'> & Parts,
  ) {
    this.#options = options
    this.orders = parts.orders
    this.statuses = parts.statuses
    this.#saga = parts.saga
    this.#engine = parts.engine
  }

  static async open(options: CheckoutDeskOptions): Promise<CheckoutDesk> {
    const { store, callees, tracing, onTrouble, leaseMs = LEASE_MS } = options
    const orders = new OrderStore(store, tracing)
    await migrate(store)
    await orders.open()
    const statuses = await OrderStatuses.open(store, onTrouble)
    const placeOrder = placeOrderSaga(callees, orders)
    const engine = await openSagaEngine({
      store,
      sagas: [placeOrder, placeOrderSaga(callees, orders, 1)],
      concurrency: CONCURRENCY,
      leaseMs,
      tracing,
      onTrouble,
    })
    return new CheckoutDesk(options, { orders, statuses, saga: placeOrder, engine })
  }

  /**
   * Resolves to the order when it is confirmed, or as soon as it has turned back.
   *
   * @throws {@link Problem} 422 when the key was used for something else, 503 when it takes too long
   */
  async place(checkout: Checkout, key: string): Promise<Order> {
    const { store, version, tax, newId = () => randomUUID() } = this.#options
    const totalCents = priceOf(checkout.items)
    const told = await taxIn(tax, checkout.items)
    const order: Order = {
      id: newId(checkout.customer),
      ...checkout,
      totalCents,
      ...told,
      takenBy: version,
      state: 'pending',
    }
    const begun = await store
      .atOnce((transaction) => [
        this.#engine.startIn(transaction, this.#saga, startOf(order)),
        this.orders.insert(transaction, order, key),
      ])
      .catch((error: unknown) => {
        if (!isKeyTaken(error)) throw error
      })
    if (begun !== undefined) return await this.#ended(order, begun[0])
    const known = await this.orders.findByKey(key)
    // The order under this key was cancelled between the two, and gave its key back.
    if (known === undefined) return await this.place(checkout, key)
    return await this.#resume(known, checkout, key)
  }

  async close(): Promise<void> {
    await this.#engine.close()
    await this.statuses.close()
  }

  async #resume(order: Order, checkout: Checkout, key: string): Promise<Order> {
    const { customer, items, card } = order
    if (!isDeepStrictEqual({ customer, items, card }, checkout)) {
      throw new Problem(422, 'key-reused', `key ${key} was used before with another checkout`)
    }
    if (isFinal(order.state)) return order
    return await this.#ended(order, await this.#engine.start(this.#saga, startOf(order)))
  }

  async #ended(order: Order, handle: SagaHandle<Placed>): Promise<Order> {
    const { id } = order
    let ended: SagaOutcome<Placed> | undefined
    const outcome = handle.outcome().then((value) => {
      ended = value
    })
    // A shop that closes ends the wait; whoever waited is told to come again.
    outcome.catch(() => {})
    const undoneBy = performance.now() + UNDO_MS
    const giveUpAt = performance.now() + WAIT_MS
    for (;;) {
      await Promise.race([outcome, sleep(LOOK_MS)])
      if (ended?.status === 'done') return { ...order, ...confirmed(ended.results) }
      const turnedBack = ended?.turnedBack ?? (await this.#engine.find(id))?.state.turnedBack
      const reason = turnedBack === undefined ? undefined : reasonOf(turnedBack)
      // Whoever is told no can be sure that all is undone. While something is down that may take long, and is not waited for.
      const isTold = ended !== undefined || reason === 'unavailable' || performance.now() > undoneBy
      if (reason !== undefined && isTold) return { ...order, reason }
      if (performance.now() > giveUpAt) throw unavailable('the order is still under way', 1, id)
    }
  }
}

const startOf = (order: Order): StartOptions<OrderContent> => ({
  id: order.id,
  input: contentOf(order),
  key: order.customer,
})

interface Parts {
  readonly saga: PlaceOrder
  readonly engine: SagaEngine
}
