import { z } from 'zod'
import { catalogue } from '../checkout/catalogue.js'
import { priceOf, type Items } from '../checkout/checkout-schema.js'
import type { Edge } from '../http/edge.js'
import type { Order } from './order.js'

/** What an order says of its tax. Prices have it in them, so that it changes nothing of what is paid. */
export type Tax = Pick<Order, 'taxCents' | 'taxNote'>

const TAX_LATER = 'The tax in this price is worked out later; your invoice will have it.'

const answerSchema = z.union([
  z.object({ taxCents: z.int().min(0) }),
  // The fallback of watertight.yaml.
  z.object({ rate: z.number().min(0).max(1), note: z.string().min(1).max(200) }),
])

/**
 * Asks tax how much of the price it is. No order fails for want of an answer: the customer pays the same, and is told that
 * the tax is estimated, or comes later. Asking has no effect anywhere, so it is done before the order is begun.
 */
export async function taxIn(tax: Pick<Edge, 'call'>, items: Items): Promise<Tax> {
  const lines = items.map(({ sku, quantity }) => ({
    sku,
    totalCents: (catalogue.get(sku)?.priceCents ?? 0) * quantity,
  }))
  const result = await tax.call({ method: 'POST', path: '/taxes', body: { items: lines } })
  const answer = result.answered && result.status === 200 ? answerSchema.safeParse(result.body) : undefined
  if (answer?.success !== true) return { taxNote: TAX_LATER }
  const total = priceOf(items)
  if ('rate' in answer.data) {
    const { rate, note } = answer.data
    return { taxCents: Math.round((total * rate) / (1 + rate)), taxNote: note }
  }
  const { taxCents } = answer.data
  // More than the price is no tax in it, whoever says so.
  return taxCents <= total ? { taxCents } : { taxNote: TAX_LATER }
}
