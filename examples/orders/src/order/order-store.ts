import type { Order, WorkingState } from './order.js'
import type { Move } from './next-move.js'

/** A page of all orders; `next` is where the next one starts, `null` on the last. */
export interface OrdersPage {
  readonly entries: readonly Order[]
  readonly next: number | null
}

/** Which unfinished orders are wanted: up to `limit` in one of `states`, oldest first, past those already seen. */
export interface UnfinishedQuery {
  /** The version of order that took them. */
  readonly takenBy: string
  readonly states: readonly WorkingState[]
  /** The `next` of the former answer; 0 begins at the oldest. */
  readonly from: number
  readonly limit: number
}

export interface UnfinishedOrders {
  readonly orders: readonly Order[]
  /** Where to go on: 0 when these were the last. */
  readonly next: number
}

/** How many orders have not ended, and how many of those have turned back. */
export interface UnfinishedCount {
  readonly unfinished: number
  readonly undoing: number
}

/** Where orders are kept. What it has resolved for survives the death of the process. */
export interface OrderStore {
  /** Records a new order, unless there is one under this idempotency key; tells which. */
  insert(order: Order, idempotencyKey: string): Promise<{ order: Order; isNew: boolean }>
  /**
   * Records where an order is now, before anything is done about it. An order that failed through no fault of
   * the customer's gives its idempotency key back when it ends: the next try is a new order.
   */
  move(order: Order, move: Move, loyalty?: string): Promise<Order>
  find(id: string): Promise<Order | undefined>
  unfinished(query: UnfinishedQuery): Promise<UnfinishedOrders>
  countUnfinished(): Promise<UnfinishedCount>
  page(from: number): Promise<OrdersPage>
}
