import { defineTopic, type EventType, type Topic } from '@watertight/durable'
import { z } from 'zod'
import { itemsSchema, type Items } from '../checkout/checkout-schema.js'
import type { Awaited, Reason } from './order.js'

/** What others may know of an order that is placed: no card. */
export interface OrderPlaced {
  readonly customer: string
  readonly items: Items
  readonly totalCents: number
  readonly taxCents?: number | undefined
  readonly taxNote?: string | undefined
  readonly takenBy: string
}

/** It goes on by itself when that can be reached again. */
export interface OrderDelayed {
  readonly waitsFor: Awaited
}

export interface OrderConfirmed {
  readonly customer: string
  readonly items: Items
  readonly loyalty: string
}

export interface OrderUndone {
  readonly reason: Reason
}

const undone: z.ZodType<OrderUndone> = z.object({
  reason: z.enum(['card-declined', 'out-of-stock', 'unavailable', 'out-of-time']),
})

export type OrderEvents = {
  readonly 'order-placed': EventType<OrderPlaced>
  readonly 'order-delayed': EventType<OrderDelayed>
  readonly 'order-turned-back': EventType<OrderUndone>
  readonly 'order-confirmed': EventType<OrderConfirmed>
  readonly 'order-cancelled': EventType<OrderUndone>
}

/** What order tells of its orders, in the transaction in which it happens. Key: the id of the order. */
export const orderEvents: Topic<OrderEvents> = defineTopic('orders', {
  source: '/orders',
  types: {
    'order-placed': {
      schema: z.object({
        customer: z.string(),
        items: itemsSchema,
        totalCents: z.int(),
        taxCents: z.int().optional(),
        taxNote: z.string().optional(),
        takenBy: z.string(),
      }),
    },
    'order-delayed': { schema: z.object({ waitsFor: z.literal('payment') }) },
    'order-turned-back': { schema: undone },
    'order-confirmed': {
      schema: z.object({ customer: z.string(), items: itemsSchema, loyalty: z.string() }),
    },
    'order-cancelled': { schema: undone },
  },
})
