import type { Items } from '../checkout/checkout-schema.js'
import type { Store } from '@watertight/durable'
import { patientStore } from '../database/patient-store.js'
import type { Order, Reason, State } from './order.js'
import type {
  OrdersPage,
  OrderStore,
  UnfinishedCount,
  UnfinishedOrders,
  UnfinishedQuery,
} from './order-store.js'
import type { Move } from './next-move.js'

const PAGE_ORDERS = 2_000

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS orders (
    number          serial PRIMARY KEY,
    id              text NOT NULL UNIQUE,
    idempotency_key text UNIQUE,
    customer        text NOT NULL,
    items           jsonb NOT NULL,
    card            text NOT NULL,
    total_cents     integer NOT NULL,
    state           text NOT NULL,
    reason          text,
    loyalty         text,
    created_at      timestamptz NOT NULL DEFAULT now()
  )`,
  `ALTER TABLE orders ADD COLUMN IF NOT EXISTS taken_by text NOT NULL DEFAULT 'stable'`,
  `ALTER TABLE orders ADD COLUMN IF NOT EXISTS tax_cents integer`,
  `ALTER TABLE orders ADD COLUMN IF NOT EXISTS tax_note text`,
  `CREATE INDEX IF NOT EXISTS orders_unfinished ON orders (number)
    WHERE state NOT IN ('confirmed', 'cancelled')`,
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

/** A new database takes seconds of processor time, which a busy machine does not have at once. */
const OPENING_MS = 120_000

/**
 * The orders, in Postgres. It can be used at once: what is asked of it waits until the database is open, and while the
 * database is away.
 */
export class PostgresOrderStore implements OrderStore {
  /** Resolves once the database is open; rejects when that takes too long. */
  readonly opened: Promise<unknown>
  readonly #store: Store

  constructor(store: Store) {
    this.#store = patientStore(store)
    this.opened = this.#open(patientStore(store, OPENING_MS))
    // Whoever asks hears of it; that nobody has asked yet must not end the process.
    this.opened.catch(() => {})
  }

  async insert(order: Order, idempotencyKey: string): Promise<{ order: Order; isNew: boolean }> {
    const [row] = await this.#query<Row>(
      `INSERT INTO orders (id, idempotency_key, customer, items, card, total_cents, state, taken_by, tax_cents, tax_note)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (idempotency_key) DO NOTHING RETURNING *`,
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
    if (row !== undefined) return { order: toOrder(row), isNew: true }
    const known = await this.#one('SELECT * FROM orders WHERE idempotency_key = $1', idempotencyKey)
    // The order under this key was cancelled between the two statements, and gave its key back.
    return known === undefined ? this.insert(order, idempotencyKey) : { order: known, isNew: false }
  }

  async move(order: Order, move: Move, loyalty?: string): Promise<Order> {
    const rows = await this.#query<Row>(
      `UPDATE orders SET state = $2, reason = coalesce($3, reason), loyalty = coalesce($4, loyalty),
         idempotency_key = CASE WHEN $2 = 'cancelled' AND coalesce($3, reason) = 'unavailable'
           THEN NULL ELSE idempotency_key END
       WHERE id = $1 RETURNING *`,
      [order.id, move.state, move.reason ?? null, loyalty ?? null],
    )
    if (rows[0] === undefined) throw new Error(`cannot move an order: ${order.id} is not in the store`)
    return toOrder(rows[0])
  }

  find(id: string): Promise<Order | undefined> {
    return this.#one('SELECT * FROM orders WHERE id = $1', id)
  }

  async unfinished({ takenBy, states, from, limit }: UnfinishedQuery): Promise<UnfinishedOrders> {
    const rows = await this.#query<Row>(
      `SELECT * FROM orders WHERE state NOT IN ('confirmed', 'cancelled')
         AND state = ANY ($1) AND number >= $2 AND taken_by = $4 ORDER BY number LIMIT $3`,
      [states, from, limit, takenBy],
    )
    const last = rows.at(-1)
    return {
      orders: rows.map(toOrder),
      next: rows.length < limit || last === undefined ? 0 : last.number + 1,
    }
  }

  async countUnfinished(): Promise<UnfinishedCount> {
    const [row] = await this.#query<UnfinishedCount>(
      `SELECT count(*)::integer AS unfinished, count(reason)::integer AS undoing
       FROM orders WHERE state NOT IN ('confirmed', 'cancelled')`,
    )
    return row ?? { unfinished: 0, undoing: 0 }
  }

  async page(from: number): Promise<OrdersPage> {
    const rows = await this.#query<Row>('SELECT * FROM orders WHERE number >= $1 ORDER BY number LIMIT $2', [
      from,
      PAGE_ORDERS,
    ])
    const last = rows.at(-1)
    return {
      entries: rows.map(toOrder),
      next: rows.length < PAGE_ORDERS || last === undefined ? null : last.number + 1,
    }
  }

  async #query<Result extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Result[]> {
    await this.opened
    return (await this.#store.query<Result>(sql, [...parameters])).rows
  }

  async #open(store: Store): Promise<void> {
    for (const statement of SCHEMA) await store.query(statement)
  }

  async #one(query: string, parameter: string): Promise<Order | undefined> {
    const rows = await this.#query<Row>(query, [parameter])
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
