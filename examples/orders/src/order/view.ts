import { CURRENCY } from '../checkout/catalogue.js'
import { Problem, unavailable } from '../http/problem.js'
import type { Reply } from '../http/routes.js'
import type { OrderStatus } from './order-status.js'
import { isFinal } from './order.js'

const RETRY_AFTER_SECONDS = 2
/** Which version of order took the order. */
const VERSION_HEADER = 'x-order-version'

/** An order as its customer sees it; `total` in units of the currency. */
export function view(order: OrderStatus): Record<string, unknown> {
  return {
    orderId: order.id,
    status: isFinal(order.state) ? order.state : 'pending',
    total: order.totalCents / 100,
    currency: CURRENCY,
    ...(order.taxCents === undefined ? {} : { tax: order.taxCents / 100 }),
    ...(order.taxNote === undefined ? {} : { taxNote: order.taxNote }),
    ...(order.loyalty === undefined ? {} : { loyalty: order.loyalty }),
    ...(order.reason === undefined ? {} : { reason: order.reason }),
    customer: order.customer,
    items: order.items,
  }
}

/**
 * The answer to whoever placed the order: 201, or the problem that cancelled it, even while it is still being
 * undone.
 */
export function outcomeOf(order: OrderStatus): Reply {
  const { reason } = order
  if (reason === undefined) {
    const { orderId, status, total, currency, tax, taxNote, loyalty } = view(order)
    const body = { orderId, status, total, currency, tax, taxNote, loyalty }
    return { status: 201, body, headers: { [VERSION_HEADER]: order.takenBy } }
  }
  switch (reason) {
    case 'card-declined':
      throw new Problem(
        402,
        'card-declined',
        'the card was declined; nothing is charged or kept in reserve',
        {
          orderId: order.id,
        },
      )
    case 'out-of-stock':
      throw new Problem(409, 'out-of-stock', 'not enough of it is in stock', { orderId: order.id })
    case 'unavailable':
      throw unavailable(
        'the order could not be completed and is being undone; nothing stays charged',
        RETRY_AFTER_SECONDS,
        order.id,
      )
  }
}
