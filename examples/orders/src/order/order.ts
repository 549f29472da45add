import type { Items } from '../checkout/checkout-schema.js'

/** A step under way, forward or back. Each names the call that is made next, and is recorded before it is made. */
export type WorkingState =
  'reserving' | 'charging' | 'shipping' | 'rewarding' | 'cancelling' | 'refunding' | 'releasing'

/** Where an order ends: everything done, or everything undone. */
export type FinalState = 'confirmed' | 'cancelled'

export type State = WorkingState | FinalState

/** Why an order is undone. */
export type Reason = 'card-declined' | 'out-of-stock' | 'unavailable'

export interface Order {
  readonly id: string
  readonly customer: string
  readonly items: Items
  readonly card: string
  readonly totalCents: number
  /** The tax in `totalCents`; absent while nobody could say. */
  readonly taxCents?: number
  /** What the customer is told about the tax, if it is not exact. */
  readonly taxNote?: string
  /** The version of order that took it, and takes it to its end. No other one moves it. */
  readonly takenBy: string
  readonly state: State
  /** Set with the step that failed; absent while all goes well. */
  readonly reason?: Reason
  /** What the customer is told about loyalty points. */
  readonly loyalty?: string
}

export function isFinal(state: State): state is FinalState {
  return state === 'confirmed' || state === 'cancelled'
}
