import type { Store, StoreTransaction } from '@watertight/durable'
import type { Items } from '../checkout/checkout-schema.js'
import type { Order, Reason, State } from './order.js'

const PAGE_ORDERS = 2_000

const SCHEMA = [
  `create table if not exists orders (
    number          serial primary key,
    id              text not null unique,
    idempotency_key text unique,
    customer        text not null,
    items           jsonb not null,
    card            text not null,
    total_cents     integer not null,
    state           text not null,
    reason          text,
    loyalty         text,
    created_at      timestamptz not null default now(),
    taken_by        text not null default 'stable',
    tax_cents       integer,
    tax_note        text
  )`,
  `create index if not exists orders_pending on orders (number) where state = 'pending'`,
]

interface Row {
  readonly id: string
  readonly number: number
  readonly customer: string
  readonly items: Items
  readonly card: string
  readonly total_cents: number
  readonly state: State
  readonly reason: Reason | null
  readonly loyalty: string | null
  readonly taken_by: string
  readonly tax_cents: number | null
  readonly tax_note: string | null
}

/** A page of all orders; `next` is where the next one starts, `null` on the last. */
export interface OrdersPage {
  readonly entries: readonly Order[]
  readonly next: number | null
}

/** How many orders have not ended, and how many of those have turned back. */
export interface UnfinishedCount {
  readonly unfinished: number
  readonly undoing: number
}

/** The orders: data of the shop's own, in the database in which their sagas are. */
export class OrderStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async open(): Promise<void> {
    for (const statement of SCHEMA) await this.#store.query(statement)
  }

  /** Records a new order, unless there is one under this idempotency key: resolves to whether it did. */
  async insert(transaction: StoreTransaction, order: Order, idempotencyKey: string): Promise<boolean> {
    const { rows } = await transaction.query(
      `insert into orders (id, idempotency_key, customer, items, card, total_cents, state, taken_by, tax_cents, tax_note)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (idempotency_key) do nothing returning id`,
      [
        order.id,
        idempotencyKey,
        order.customer,
        JSON.stringify(order.items),
        order.card,
        order.totalCents,
        order.state,
        order.takenBy,
        order.taxCents ?? null,
        order.taxNote ?? null,
      ],
    )
    return rows.length === 1
  }

  async findByKey(idempotencyKey: string): Promise<Order | undefined> {
    return await this.#one('select * from orders where idempotency_key = $1', [idempotencyKey])
  }

  async find(id: string): Promise<Order | undefined> {
    return await this.#one('select * from orders where id = $1', [id])
  }

  async confirm(id: string, loyalty: string): Promise<void> {
    await this.#store.query(`update orders set state = 'confirmed', loyalty = $2 where id = $1`, [
      id,
      loyalty,
    ])
  }

  /** It goes back, for the reason that it was given first. */
  async turnBack(id: string, reason: Reason): Promise<void> {
    await this.#store.query('update orders set reason = $2 where id = $1 and reason is null', [id, reason])
  }

  /** An order that failed through no fault of the customer's gives its idempotency key back: the next try is a new order. */
  async cancel(id: string, reason: Reason): Promise<void> {
    await this.#store.query(
      `update orders set state = 'cancelled', reason = coalesce(reason, $2),
         idempotency_key = case when coalesce(reason, $2) <> 'unavailable' then idempotency_key end
       where id = $1`,
      [id, reason],
    )
  }

  async countUnfinished(): Promise<UnfinishedCount> {
    const { rows } = await this.#store.query<UnfinishedCount>(
      `select count(*)::integer as unfinished, count(reason)::integer as undoing from orders where state = 'pending'`,
    )
    return rows[0] ?? { unfinished: 0, undoing: 0 }
  }

  async page(from: number): Promise<OrdersPage> {
    const { rows } = await this.#store.query<Row>(
      'select * from orders where number >= $1 order by number limit $2',
      [from, PAGE_ORDERS],
    )
    const last = rows.at(-1)
    return {
      entries: rows.map(toOrder),
      next: rows.length < PAGE_ORDERS || last === undefined ? null : last.number + 1,
    }
  }

  async #one(statement: string, values: unknown[]): Promise<Order | undefined> {
    const { rows } = await this.#store.query<Row>(statement, values)
    return rows[0] === undefined ? undefined : toOrder(rows[0])
  }
}

function toOrder(row: Row): Order {
  return {
    id: row.id,
    customer: row.customer,
    items: row.items,
    card: row.card,
    totalCents: row.total_cents,
    state: row.state,
    takenBy: row.taken_by,
    ...(row.tax_cents === null ? {} : { taxCents: row.tax_cents }),
    ...(row.tax_note === null ? {} : { taxNote: row.tax_note }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.loyalty === null ? {} : { loyalty: row.loyalty }),
  }
}
