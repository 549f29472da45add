import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Items } from '../checkout/checkout-schema.js'
import { Postgres } from '../postgres/postgres.js'
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

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (
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
  );
  CREATE INDEX IF NOT EXISTS orders_unfinished ON orders (number)
    WHERE state NOT IN ('confirmed', 'cancelled');`

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
}

/**
 * The orders, in an embedded Postgres with its files in `folder`.
 *
 * It can be used at once: what is asked of it waits until the database is open. So a service that is started again
 * takes requests long before its database has recovered, and its callers wait instead of being turned away.
 */
export class PgliteOrderStore implements OrderStore {
  /** Resolves once the database is open; rejects when it cannot be opened. */
  readonly opened: Promise<unknown>
  readonly #database: Promise<Postgres>

  constructor(folder: string) {
    this.#database = open(folder)
    this.opened = this.#database
    // Whoever asks hears of it; that nobody has asked yet must not end the process.
    this.opened.catch(() => {})
  }

  async insert(order: Order, idempotencyKey: string): Promise<{ order: Order; isNew: boolean }> {
    const [row] = await this.#query<Row>(
      `INSERT INTO orders (id, idempotency_key, customer, items, card, total_cents, state)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (idempotency_key) DO NOTHING RETURNING *`,
      [order.id, idempotencyKey, order.customer, order.items, order.card, order.totalCents, order.state],
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

  async unfinished({ states, from, limit }: UnfinishedQuery): Promise<UnfinishedOrders> {
    const rows = await this.#query<Row>(
      `SELECT * FROM orders WHERE state NOT IN ('confirmed', 'cancelled')
         AND state = ANY ($1) AND number >= $2 ORDER BY number LIMIT $3`,
      [states, from, limit],
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

  async close(): Promise<void> {
    await (await this.#database).close()
  }

  async #query<Result>(sql: string, parameters: readonly unknown[] = []): Promise<Result[]> {
    return (await this.#database).query<Result>(sql, parameters)
  }

  async #one(query: string, parameter: string): Promise<Order | undefined> {
    const rows = await this.#query<Row>(query, [parameter])
    return rows[0] === undefined ? undefined : toOrder(rows[0])
  }
}

async function open(folder: string): Promise<Postgres> {
  if (!(await exists(folder))) await initialise(folder)
  const database = await Postgres.open(folder)
  await database.run(SCHEMA)
  return database
}

/** A database is created beside its place and moved there: a crash half way leaves no broken one behind. */
async function initialise(folder: string): Promise<void> {
  const unfinished = `${folder}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  const database = await Postgres.open(unfinished)
  await database.close()
  await rename(unfinished, folder)
}

async function exists(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  )
}

function toOrder(row: Row): Order {
  return {
    id: row.id,
    customer: row.customer,
    items: row.items,
    card: row.card,
    totalCents: row.total_cents,
    state: row.state,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.loyalty === null ? {} : { loyalty: row.loyalty }),
  }
}
