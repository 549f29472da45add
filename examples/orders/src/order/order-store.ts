import { publish, type NewEvent, type Store, type StoreTransaction } from '@watertight/durable'
import type { Tracing } from '@watertight/telemetry'
import type { Items } from '../checkout/checkout-schema.js'
import { createTables } from '../database/create-tables.js'
import { orderEvents, type OrderEvents } from './order-events.js'
import { type OrderRow, standOf } from './order-row.js'
import type { Awaited, Order, Reason } from './order.js'

const PAGE_ORDERS = 2_000
const FORMER_AT_ONCE = 200

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
  // Whether others have been told of it, by events: orders of an earlier version told nobody.
  'alter table orders add column if not exists told boolean',
  // Where events place orders: which steps of one that has turned back are undone.
  `alter table orders add column if not exists undone text[] not null default '{}'`,
  'alter table orders add column if not exists waits_for text',
  `create index if not exists orders_pending on orders (number) where state = 'pending'`,
]

interface Row extends OrderRow {
  readonly id: string
  readonly number: number
  readonly items: Items
  readonly card: string
}

/** A page of all orders; `next` is where the next one starts, `null` on the last. */
export interface OrdersPage {
  readonly entries: readonly Order[]
  readonly next: number | null
}

/** How many orders have not ended, and how many of those wait for payment, or have turned back. */
export interface UnfinishedCount {
  readonly unfinished: number
  readonly waiting: number
  readonly undoing: number
}

/** The orders: data of the shop's own, in the database in which their sagas are. */
export class OrderStore {
  readonly #store: Store
  readonly #tracing: Tracing | undefined

  /** What it tells is told in the trace in which it happens. */
  constructor(store: Store, tracing?: Tracing) {
    this.#store = store
    this.#tracing = tracing
  }

  async open(): Promise<void> {
    await createTables(this.#store, SCHEMA)
    while ((await this.#tellFormer()) > 0);
  }

  /** Orders of a version that told nobody of them: resolves to how many it has told of now. */
  async #tellFormer(): Promise<number> {
    return await this.#store.transaction(async (transaction) => {
      const { rows } = await transaction.query<Row>(
        `update orders set told = true where number = any(array(
           select number from orders where told is null order by number limit $1 for update skip locked
         )) returning *`,
        [FORMER_AT_ONCE],
      )
      await this.#tell(transaction, ...rows.map((row) => placed(toOrder(row))))
      await this.#tell(transaction, ...rows.flatMap(ended))
      return rows.length
    })
  }

  /** Records a new order; the database refuses one whose idempotency key another one has, which {@link isKeyTaken} tells. */
  async insert(transaction: StoreTransaction, order: Order, idempotencyKey: string): Promise<void> {
    const inserted = transaction.query(
      `insert into orders
         (id, idempotency_key, customer, items, card, total_cents, state, taken_by, tax_cents, tax_note, told)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true)`,
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
    await Promise.all([inserted, this.#tell(transaction, placed(order))])
  }

  async findByKey(idempotencyKey: string): Promise<Order | undefined> {
    return await this.#one('select * from orders where idempotency_key = $1', [idempotencyKey])
  }

  async find(id: string, within?: StoreTransaction): Promise<Order | undefined> {
    return await this.#one('select * from orders where id = $1', [id], within)
  }

  async confirm(
    order: Pick<Order, 'id' | 'customer' | 'items'>,
    loyalty: string,
    within?: StoreTransaction,
  ): Promise<void> {
    const { id, customer, items } = order
    const change = `update orders set state = 'confirmed', loyalty = $2 where id = $1 and state <> 'confirmed'`
    const work = (transaction: StoreTransaction) => [
      transaction.query(change, [id, loyalty]),
      this.#tell(transaction, {
        type: 'order-confirmed',
        ...of(id, 'confirmed'),
        data: { customer, items, loyalty },
      }),
    ]
    await (within === undefined ? this.#store.atOnce(work) : Promise.all(work(within)))
  }

  /** It waits for somebody who cannot be reached. One that has waited before, or goes back, stands as it did. */
  async delay(id: string, waitsFor: Awaited): Promise<void> {
    await this.#change(
      `update orders set waits_for = $2
       where id = $1 and waits_for is null and reason is null and state = 'pending' returning *`,
      [id, waitsFor],
      () => ({ type: 'order-delayed', ...of(id, 'delayed'), data: { waitsFor } }),
    )
  }

  /** It goes back, for the reason that it was given first. */
  async turnBack(id: string, reason: Reason, within?: StoreTransaction): Promise<void> {
    await this.#change(
      'update orders set reason = $2 where id = $1 and reason is null returning *',
      [id, reason],
      () => ({ type: 'order-turned-back', ...of(id, 'turned-back'), data: { reason } }),
      within,
    )
  }

  /** Notes that a step is undone; resolves to how many are. The same one again counts once. */
  async stepUndone(transaction: StoreTransaction, id: string, step: string): Promise<number> {
    const { rows } = await transaction.query<{ undone: number }>(
      `update orders set undone = case when $2 = any(undone) then undone else array_append(undone, $2) end
       where id = $1 returning cardinality(undone) as undone`,
      [id, step],
    )
    return rows[0]?.undone ?? 0
  }

  /** An order that failed through no fault of the customer's gives its idempotency key back: the next try is a new order. */
  async cancel(id: string, reason: Reason, within?: StoreTransaction): Promise<void> {
    await this.#change(
      `update orders set state = 'cancelled', reason = coalesce(reason, $2),
         idempotency_key = case when coalesce(reason, $2) <> 'unavailable' then idempotency_key end
       where id = $1 and state <> 'cancelled' returning *`,
      [id, reason],
      (row) => ({ type: 'order-cancelled', ...of(id, 'cancelled'), data: { reason: row.reason ?? reason } }),
      within,
    )
  }

  async countUnfinished(): Promise<UnfinishedCount> {
    const { rows } = await this.#store.query<UnfinishedCount>(
      `select count(*)::integer as unfinished, count(reason)::integer as undoing,
         count(waits_for) filter (where reason is null)::integer as waiting
       from orders where state = 'pending'`,
    )
    return rows[0] ?? { unfinished: 0, waiting: 0, undoing: 0 }
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

  /** Changes an order and tells of it, in one transaction; a step that comes again has changed it before, and tells nothing. */
  async #change(
    statement: string,
    values: unknown[],
    eventOf: (row: Row) => NewEvent<OrderEvents>,
    within?: StoreTransaction,
  ): Promise<void> {
    const work = async (transaction: StoreTransaction): Promise<void> => {
      const { rows } = await transaction.query<Row>(statement, values)
      if (rows[0] !== undefined) await this.#tell(transaction, eventOf(rows[0]))
    }
    await (within === undefined ? this.#store.transaction(work) : work(within))
  }

  async #one(
    statement: string,
    values: unknown[],
    within: Pick<StoreTransaction, 'query'> = this.#store,
  ): Promise<Order | undefined> {
    const { rows } = await within.query<Row>(statement, values)
    return rows[0] === undefined ? undefined : toOrder(rows[0])
  }

  async #tell(transaction: StoreTransaction, ...events: readonly NewEvent<OrderEvents>[]): Promise<void> {
    await publish(transaction, orderEvents, events, { tracing: this.#tracing })
  }
}

function placed({
  id,
  customer,
  items,
  totalCents,
  taxCents,
  taxNote,
  takenBy,
}: Order): NewEvent<OrderEvents> {
  const data = { customer, items, totalCents, taxCents, taxNote, takenBy }
  return { type: 'order-placed', ...of(id, 'placed'), data }
}

/** What became of an order that has ended. */
function ended({ id, state, reason, loyalty, customer, items }: Row): NewEvent<OrderEvents>[] {
  if (state === 'confirmed') {
    const data = { customer, items, loyalty: loyalty ?? '' }
    return [{ type: 'order-confirmed', ...of(id, 'confirmed'), data }]
  }
  if (state === 'cancelled')
    return [{ type: 'order-cancelled', ...of(id, 'cancelled'), data: { reason: reason ?? 'unavailable' } }]
  return []
}

/** What happens to an order once is told under the same id each time that it is told: those who take it take it once. */
const of = (orderId: string, what: string) => ({ key: orderId, id: `${orderId}.${what}` })

/** Whether an order could not be recorded because its idempotency key was used before. */
export function isKeyTaken(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'orders_idempotency_key_key'
}

function toOrder(row: Row): Order {
  return { id: row.id, items: row.items, card: row.card, ...standOf(row) }
}
