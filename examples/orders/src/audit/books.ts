import type { Items } from '../checkout/checkout-schema.js'
import type { LedgerEntry } from '../journal/ledger.js'
import type { Order } from '../order/order.js'
import type { ServiceName } from '../services/names.js'

export type Reservation = LedgerEntry<
  { readonly orderId: string; readonly items: Items },
  'reserved' | 'out-of-stock'
>
export type Charge = LedgerEntry<
  { readonly orderId: string; readonly amountCents: number },
  'charged' | 'declined'
>
export type Shipment = LedgerEntry<{ readonly orderId: string; readonly items: Items }, 'planned'>

export interface StockLine {
  readonly sku: string
  readonly initial: number
  readonly onHand: number
}

/** Everything that the services have written down, and what customers were told. */
export interface Books {
  readonly orders: readonly Order[]
  readonly reservations: readonly Reservation[]
  readonly charges: readonly Charge[]
  readonly shipments: readonly Shipment[]
  readonly stock: readonly StockLine[]
  /** The orders that customers hold a 201 for. */
  readonly acknowledged: readonly string[]
  /** The orders that customers hold a 202 for. */
  readonly accepted: readonly string[]
}

/** Something that can be asked for the books: the running system. */
export interface BooksSource {
  get<T>(name: ServiceName, path: string): Promise<T>
}

/** Collects the books of all services. */
export async function collectBooks(
  source: BooksSource,
  acknowledged: readonly string[],
  accepted: readonly string[] = [],
): Promise<Books> {
  const [orders, reservations, charges, shipments, stock] = await Promise.all([
    allPages<Order>(source, 'order'),
    allPages<Reservation>(source, 'inventory'),
    allPages<Charge>(source, 'payment'),
    allPages<Shipment>(source, 'shipping'),
    source.get<StockLine[]>('inventory', '/internal/stock'),
  ])
  return { orders, reservations, charges, shipments, stock, acknowledged, accepted }
}

async function allPages<Entry>(source: BooksSource, name: ServiceName): Promise<Entry[]> {
  const all: Entry[] = []
  for (let from: number | null = 0; from !== null;) {
    const page: { entries: Entry[]; next: number | null } = await source.get(
      name,
      `/internal/books?from=${from}`,
    )
    all.push(...page.entries)
    from = page.next
  }
  return all
}
