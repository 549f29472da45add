import type { Store, StoreTransaction } from '@watertight/durable'
import type { Items } from '../checkout/checkout-schema.js'
import { createTables } from '../database/create-tables.js'
import type { LedgerPage } from '../journal/ledger.js'

const PAGE_SHIPMENTS = 2_000

export interface Shipment {
  readonly orderId: string
  readonly customer: string
  readonly items: Items
}

interface Row {
  readonly number: number
  readonly order_id: string
  readonly customer: string
  readonly items: Items
}

/** What is to be shipped. */
export class ShipmentStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async open(): Promise<void> {
    await createTables(this.#store, [
      `create table if not exists shipments (
        number   serial primary key,
        order_id text not null,
        customer text not null,
        items    jsonb not null
      )`,
    ])
  }

  /** Once for each order, since the event is handled once: there is no constraint that would see to it. */
  async plan(transaction: StoreTransaction, { orderId, customer, items }: Shipment): Promise<void> {
    await transaction.query('insert into shipments (order_id, customer, items) values ($1, $2, $3)', [
      orderId,
      customer,
      JSON.stringify(items),
    ])
  }

  async page(from: number): Promise<LedgerPage<Shipment, 'planned'>> {
    const { rows } = await this.#store.query<Row>(
      'select * from shipments where number >= $1 order by number limit $2',
      [from, PAGE_SHIPMENTS],
    )
    const last = rows.at(-1)
    return {
      entries: rows.map(({ order_id: orderId, customer, items }) => ({
        key: orderId,
        asked: { orderId, customer, items },
        answer: 'planned',
        undone: false,
      })),
      next: rows.length < PAGE_SHIPMENTS || last === undefined ? null : last.number + 1,
    }
  }
}
