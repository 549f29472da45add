import type { Awaited, Order, Reason, State } from './order.js'

/** The columns that an order has in its table and in the read model. */
export interface OrderRow {
  readonly customer: string
  readonly total_cents: number
  readonly state: State
  readonly reason: Reason | null
  /** Once it has had to wait; it does so for as long as it is pending and has no reason. */
  readonly waits_for: Awaited | null
  readonly loyalty: string | null
  readonly taken_by: string
  readonly tax_cents: number | null
  readonly tax_note: string | null
}

export function standOf(row: OrderRow): Omit<Order, 'id' | 'items' | 'card'> {
  const waits = row.state === 'pending' && row.reason === null && row.waits_for !== null
  return {
    customer: row.customer,
    totalCents: row.total_cents,
    state: row.state,
    takenBy: row.taken_by,
    ...(row.tax_cents === null ? {} : { taxCents: row.tax_cents }),
    ...(row.tax_note === null ? {} : { taxNote: row.tax_note }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(waits ? { waitsFor: row.waits_for } : {}),
    ...(row.loyalty === null ? {} : { loyalty: row.loyalty }),
  }
}
