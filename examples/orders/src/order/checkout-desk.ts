import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { consumerLag, migrate, type Store } from '@watertight/durable'
import type { Tracing } from '@watertight/telemetry'
import { cleanUpRegularly, type CleaningUp } from '../database/clean-up.js'
import { priceOf, type Checkout } from '../checkout/checkout-schema.js'
import type { Edge } from '../http/edge.js'
import { Problem, unavailable } from '../http/problem.js'
import { isFinal, type Order } from './order.js'
import { OrderLimit } from './order-limit.js'
import { OrderStatuses } from './order-status.js'
import { isKeyTaken, OrderStore } from './order-store.js'
import { placeByEvents } from './place-by-events.js'
import { placeByStore } from './place-by-store.js'
import { placeByTemporal } from './place-by-temporal.js'
import type { Ended, Placing, PlacingOptions, Underway } from './placing.js'
import type { Callees } from './steps.js'
import { taxIn } from './tax.js'

/** How long a customer waits for an order. */
const WAIT_MS = 8_000
/** How long a customer who is told no waits until all is undone. */
const UNDO_MS = 4_000
/** How often an order is looked at that somebody waits for: it may have turned back, or another process may have it. */
const LOOK_MS = 250
/** The group that brings events to a broker, where there is one. */
const RELAY_GROUP = 'kafka-relay'
/** So many orders may be unfinished at a time, most of them waiting for payment, each with its stock reserved. */
const UNFINISHED_MAX = 1_000
/** When to come again after that. */
const FULL_SECONDS = 10
/** How soon others take up the orders of a process that has died. */
const LEASE_MS = 3_000

const ways = {
  store: placeByStore,
  temporal: placeByTemporal,
  events: placeByEvents,
} satisfies Record<string, (options: PlacingOptions) => Promise<Placing>>

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
  /** Orders that may be unfinished at a time; beyond, new ones are told to come again. Default 1000. */
  readonly unfinishedMax?: number
  /** What places orders, as `sagas.place-order.engine` of the document has it. Default `store`. */
  readonly engine?: keyof typeof ways
}

/** Takes checkouts: each is an order, and whatever places it. */
export class CheckoutDesk {
  readonly orders: OrderStore
  readonly statuses: OrderStatuses
  readonly #options: CheckoutDeskOptions
  readonly #placing: Placing
  readonly #cleaning: CleaningUp
  readonly #limit: OrderLimit

  private constructor(
    options: CheckoutDeskOptions,
    parts: Pick<CheckoutDesk, 'orders' | 'statuses'> & { readonly placing: Placing },
  ) {
    this.#options = options
    this.orders = parts.orders
    this.statuses = parts.statuses
    this.#placing = parts.placing
    this.#cleaning = cleanUpRegularly(options.store, options.onTrouble)
    this.#limit = new OrderLimit(
      options.unfinishedMax ?? UNFINISHED_MAX,
      async () => (await parts.orders.countUnfinished()).unfinished,
    )
  }

  static async open(options: CheckoutDeskOptions): Promise<CheckoutDesk> {
    const { store, callees, tracing, onTrouble, leaseMs = LEASE_MS } = options
    const orders = new OrderStore(store, tracing)
    await migrate(store)
    await orders.open()
    const statuses = await OrderStatuses.open(store, onTrouble)
    const place = ways[options.engine ?? 'store']
    const placing = await place({ store, orders, callees, leaseMs, tracing, onTrouble })
    return new CheckoutDesk(options, { orders, statuses, placing })
  }

  /**
   * Resolves to the order when it is confirmed, as soon as it has turned back or has to wait for payment, or when it takes longer
   * than a customer waits: it goes on all the same.
   *
   * @throws {@link Problem} 422 when the key was used for something else, 503 when too many orders are unfinished
   */
  async place(checkout: Checkout, key: string): Promise<Order> {
    const { version, tax, newId = () => randomUUID() } = this.#options
    const totalCents = priceOf(checkout.items)
    if (await this.#limit.isReached()) return await this.#placeNoMore(checkout, key)
    const told = await taxIn(tax, checkout.items)
    const order: Order = {
      id: newId(checkout.customer),
      ...checkout,
      totalCents,
      ...told,
      takenBy: version,
      state: 'pending',
    }
    const begun = await this.#placing.begin(order, key).catch((error: unknown) => {
      if (!isKeyTaken(error)) throw error
    })
    if (begun !== undefined) return await this.#ended(order, begun)
    const known = await this.orders.findByKey(key)
    // The order under this key was cancelled between the two, and gave its key back.
    if (known === undefined) return await this.place(checkout, key)
    return await this.#resume(known, checkout, key)
  }

  /** How many events are on their way to a broker. */
  async untold(): Promise<number> {
    const lags = await consumerLag(this.#options.store)
    return lags.reduce((sum, { group, events }) => (group === RELAY_GROUP ? sum + (events ?? 0) : sum), 0)
  }

  async close(): Promise<void> {
    await this.#cleaning.close()
    await this.#placing.close()
    await this.statuses.close()
  }

  /** Whoever has an order is told of it, and whoever has none is to come again. */
  async #placeNoMore(checkout: Checkout, key: string): Promise<Order> {
    const known = await this.orders.findByKey(key)
    if (known !== undefined) return await this.#resume(known, checkout, key)
    throw unavailable('too many orders wait to be completed; nothing is ordered or charged', FULL_SECONDS)
  }

  async #resume(order: Order, checkout: Checkout, key: string): Promise<Order> {
    const { customer, items, card } = order
    if (!isDeepStrictEqual({ customer, items, card }, checkout)) {
      throw new Problem(422, 'key-reused', `key ${key} was used before with another checkout`)
    }
    if (isFinal(order.state)) return order
    return await this.#ended(order, await this.#placing.resume(order))
  }

  async #ended(order: Order, underway: Underway): Promise<Order> {
    // An order may wait for long; nobody waits with it who has been answered.
    const answered = new AbortController()
    try {
      return await this.#answer(order, underway, answered.signal)
    } finally {
      answered.abort()
    }
  }

  async #answer(order: Order, underway: Underway, signal: AbortSignal): Promise<Order> {
    let ended: Ended | undefined
    const outcome = underway.outcome(signal).then((value) => {
      ended = value
    })
    // A shop that closes ends the wait; whoever waited is told to come again.
    outcome.catch(() => {})
    const undoneBy = performance.now() + UNDO_MS
    const giveUpAt = performance.now() + WAIT_MS
    for (;;) {
      await Promise.race([outcome, sleep(LOOK_MS)])
      if (ended !== undefined && 'loyalty' in ended) return { ...order, state: 'confirmed', ...ended }
      const reason = ended?.reason ?? (await underway.reason())
      // Whoever is told no can be sure that all is undone. While something is down that may take long, and is not waited for.
      const isDown = reason === 'unavailable' || reason === 'out-of-time'
      const isTold = ended !== undefined || isDown || performance.now() > undoneBy
      if (reason !== undefined && isTold) return { ...order, reason }
      const { waitsFor } = (reason === undefined && (await this.orders.find(order.id))) || {}
      if (waitsFor !== undefined) return { ...order, waitsFor }
      if (performance.now() > giveUpAt) return order
    }
  }
}
