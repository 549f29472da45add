import type { Items } from '../checkout/checkout-schema.js'

/** Under way, or where an order ends: everything done, or everything undone. The steps between are the saga's. */
export type State = 'pending' | 'confirmed' | 'cancelled'

/** Why an order is undone; `out-of-time` is one that was accepted, and has waited for payment for longer than it may. */
export type Reason = 'card-declined' | 'out-of-stock' | 'unavailable' | 'out-of-time'

/** What an order waits for that goes on by itself. */
export type Awaited = 'payment'

/** What is ordered. */
export interface OrderContent {
  readonly id: string
  readonly customer: string
  readonly items: Items
  readonly card: string
  readonly totalCents: number
}

export interface Order extends OrderContent {
  /** The tax in `totalCents`; absent while nobody could say. */
  readonly taxCents?: number
  /** What the customer is told about the tax, if it is not exact. */
  readonly taxNote?: string
  /** The version of order that took it. */
  readonly takenBy: string
  readonly state: State
  /** Set once it has turned back; absent while all goes well. */
  readonly reason?: Reason
  /** Set while it waits for somebody who cannot be reached. */
  readonly waitsFor?: Awaited
  /** What the customer is told about loyalty points. */
  readonly loyalty?: string
}

export function isFinal(state: State): boolean {
  return state !== 'pending'
}
