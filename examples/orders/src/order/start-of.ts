import type { StartOptions } from '@watertight/durable'
import type { Order, OrderContent } from './order.js'
import { contentOf } from './place-order.js'

/** What the saga of an order is started with. */
export const startOf = (order: Order): StartOptions<OrderContent> => ({
  id: order.id,
  input: contentOf(order),
  key: order.customer,
})
