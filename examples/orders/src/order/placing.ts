import type { Store } from '@watertight/durable'
import type { Tracing } from '@watertight/telemetry'
import type { OrderStore } from './order-store.js'
import type { Order, Reason } from './order.js'
import type { Callees } from './steps.js'

/** What has become of an order: it is confirmed, with what the customer is told of points, or undone. */
export type Ended = { readonly loyalty: string } | { readonly reason: Reason }

/** An order that is being placed. */
export interface Underway {
  /** Resolves when it has ended, as far as it can; rejects when it is not waited for any longer. */
  outcome(signal: AbortSignal): Promise<Ended>
  /** Why it goes back; undefined while it does not. */
  reason(): Promise<Reason | undefined>
}

/** Has every step of an order done, or all of them undone, whoever dies when. */
export interface Placing {
  /** Records a new order and begins to place it; rejects when its key was used before, which `isKeyTaken` tells. */
  begin(order: Order, key: string): Promise<Underway>
  /** One that has begun, and has perhaps ended. */
  resume(order: Order): Promise<Underway>
  close(): Promise<void>
}

export interface PlacingOptions {
  readonly store: Store
  readonly orders: OrderStore
  readonly callees: Callees
  readonly leaseMs: number
  readonly tracing?: Tracing | undefined
  readonly onTrouble: (error: unknown, orderId?: string) => void
}
