import { isFinal, type Order, type WorkingState } from '../../src/order/order.js'
import type {
  OrdersPage,
  OrderStore,
  UnfinishedCount,
  UnfinishedOrders,
  UnfinishedQuery,
} from '../../src/order/order-store.js'
import type { Move } from '../../src/order/next-move.js'

interface Row {
  order: Order
  key: string | undefined
}

/** Orders in memory, by the same contract as those in Postgres: thousands of checkouts a second. */
export class MemoryOrderStore implements OrderStore {
  readonly #rows: Row[] = []

  async insert(order: Order, idempotencyKey: string): Promise<{ order: Order; isNew: boolean }> {
    const known = this.#rows.find(({ key }) => key === idempotencyKey)
    if (known !== undefined) return { order: known.order, isNew: false }
    this.#rows.push({ order, key: idempotencyKey })
    return { order, isNew: true }
  }

  async move(order: Order, { state, reason }: Move, loyalty?: string): Promise<Order> {
    const row = this.#rows.find((one) => one.order.id === order.id)
    if (row === undefined) throw new Error(`cannot move an order: ${order.id} is not in the store`)
    row.order = {
      ...row.order,
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(loyalty === undefined ? {} : { loyalty }),
    }
    if (state === 'cancelled' && row.order.reason === 'unavailable') row.key = undefined
    return row.order
  }

  async find(id: string): Promise<Order | undefined> {
    return this.#rows.find(({ order }) => order.id === id)?.order
  }

  async unfinished({ takenBy, states, from, limit }: UnfinishedQuery): Promise<UnfinishedOrders> {
    const found = [...this.#rows.entries()]
      .map(([index, { order }]) => ({ number: index + 1, order }))
      .filter(({ number, order }) => number >= from && order.takenBy === takenBy)
      .filter(({ order }) => states.includes(order.state as WorkingState))
      .slice(0, limit)
    const last = found.at(-1)
    return {
      orders: found.map(({ order }) => order),
      next: found.length < limit || last === undefined ? 0 : last.number + 1,
    }
  }

  async countUnfinished(): Promise<UnfinishedCount> {
    const left = this.#rows.filter(({ order }) => !isFinal(order.state))
    return { unfinished: left.length, undoing: left.filter(({ order }) => order.reason !== undefined).length }
  }

  async page(from: number): Promise<OrdersPage> {
    return { entries: this.#rows.slice(Math.max(0, from - 1)).map(({ order }) => order), next: null }
  }
}
