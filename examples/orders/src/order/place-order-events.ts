import { defineChoreography, type Choreography } from '@watertight/durable'
import type { SystemModel } from '@watertight/manifest'
import type { OrderContent } from './order.js'

/**
 * An order without anybody who directs it: whoever hears of a step does the next one, and whoever hears on `order-compensations`
 * that an order has turned back undoes its own.
 */
export const placeOrderEvents: Choreography<OrderContent> = defineChoreography<OrderContent>('place-order', {
  compensations: 'order-compensations',
  steps: { reserve: {}, charge: { after: 'reserve' }, confirm: { after: 'charge', compensates: false } },
})

/** Whether the document has orders placed by events alone. */
export function isChoreographed({ sagas }: SystemModel): boolean {
  return sagas.get('place-order')?.engine === 'events'
}
