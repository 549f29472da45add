import { CURRENCY } from '../checkout/catalogue.js'
import { Problem, unavailable } from '../http/problem.js'
import type { Reply } from '../http/routes.js'
import type { OrderStatus } from './order-status.js'
import { isFinal } from './order.js'

const RETRY_AFTER_SECONDS = 2
/** What a customer is told whose order goes on without them. */
const GOES_ON = 'nothing more is to be done, and nothing is charged twice'
/** Which version of order took the order. */
const VERSION_HEADER = 'x-order-version'

/** An order as its customer sees it; `total` in units of the currency. */
export function view(order: OrderStatus): Record<string, unknown> {
  return {
    orderId: order.id,
    status: statusOf(order),
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

/** `confirmed`, `cancelled`, `pending`, or `waiting for payment`. */
function statusOf({ state, reason, waitsFor }: OrderStatus): string {
  const waits = !isFinal(state) && reason === undefined && waitsFor !== undefined
  return waits ? `waiting for ${waitsFor}` : state
}

/**
 * The answer to whoever placed the order: 201, or 202 and where to look while it goes on, or the problem that cancelled it, even while it is still being
 * undone.
 */
export function outcomeOf(order: OrderStatus): Reply {
  const { reason } = order
  if (reason === undefined) {
    const { orderId, status, total, currency, tax, taxNote, loyalty } = view(order)
    const body = { orderId, status, total, currency, tax, taxNote, loyalty }
    const headers = { [VERSION_HEADER]: order.takenBy }
    if (isFinal(order.state)) return { status: 201, body, headers }
    const message = `Your order is accepted, and is ${order.waitsFor === undefined ? 'still under way' : statusOf(order)}: ${GOES_ON}.`
    return {
      status: 202,
      body: { ...body, message },
      headers: { ...headers, location: `/orders/${order.id}` },
    }
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
    case 'out-of-time':
      throw new Problem(
        402,
        'out-of-time',
        'payment could not be reached in time, so the order is cancelled; nothing is charged or kept in reserve',
        { orderId: order.id },
      )
    case 'unavailable':
      throw unavailable(
        'the order could not be completed and is being undone; nothing stays charged',
        RETRY_AFTER_SECONDS,
        order.id,
      )
  }
}
