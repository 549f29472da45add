import {
  defineReadModel,
  serveReadModel,
  type ReadModel,
  type ServedReadModel,
  type Store,
} from '@watertight/durable'
import type { Items } from '../checkout/checkout-schema.js'
import { orderEvents, type OrderEvents } from './order-events.js'
import { type OrderRow, standOf } from './order-row.js'
import type { Order } from './order.js'

/** An order as customers see it: all of it but the card. */
export type OrderStatus = Omit<Order, 'card'>

/** The orders as they are read: made of their events, and made anew of them when this definition changes. */
const orderStatuses: ReadModel<OrderEvents> = defineReadModel('order_status', {
  topic: orderEvents,
  columns: {
    order_id: 'text',
    state: 'text',
    reason: 'text',
    waits_for: 'text',
    loyalty: 'text',
    customer: 'text',
    items: 'text',
    total_cents: 'integer',
    tax_cents: 'integer',
    tax_note: 'text',
    taken_by: 'text',
  },
  key: 'order_id',
  project: (event) => {
    const order_id = event.key
    switch (event.type) {
      case 'order-placed':
        return {
          order_id,
          state: 'pending',
          customer: event.data.customer,
          items: JSON.stringify(event.data.items),
          total_cents: event.data.totalCents,
          tax_cents: event.data.taxCents ?? null,
          tax_note: event.data.taxNote ?? null,
          taken_by: event.data.takenBy,
        }
      case 'order-delayed':
        return { order_id, waits_for: event.data.waitsFor }
      case 'order-turned-back':
        return { order_id, reason: event.data.reason }
      case 'order-confirmed':
        return { order_id, state: 'confirmed', loyalty: event.data.loyalty }
      case 'order-cancelled':
        return { order_id, state: 'cancelled', reason: event.data.reason }
    }
  },
})

interface Row extends OrderRow {
  readonly order_id: string
  readonly items: string
}

/** Events gather for so long, so that several share a transaction; whoever asks for an order is not kept waiting by that. */
const LINGER_MS = 250

/** Answers what customers ask of their orders. */
export class OrderStatuses {
  readonly #store: Store
  readonly #served: ServedReadModel

  private constructor(store: Store, served: ServedReadModel) {
    this.#store = store
    this.#served = served
  }

  static async open(store: Store, onError: (error: unknown) => void): Promise<OrderStatuses> {
    const options = { lingerMs: LINGER_MS, onError }
    return new OrderStatuses(store, await serveReadModel(store, orderStatuses, options))
  }

  /** The order as it is now: a customer who has just been told of it finds it, as it was told. */
  async find(id: string): Promise<OrderStatus | undefined> {
    await this.#served.waitForKey(id)
    const { rows } = await this.#store.query<Row>(
      'select * from watertight.order_status where order_id = $1',
      [id],
    )
    return rows[0] === undefined ? undefined : toStatus(rows[0])
  }

  close(): Promise<void> {
    return this.#served.close()
  }
}

function toStatus(row: Row): OrderStatus {
  return { id: row.order_id, items: JSON.parse(row.items) as Items, ...standOf(row) }
}
