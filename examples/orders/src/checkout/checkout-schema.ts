import { z } from 'zod'
import { Problem } from '../http/problem.js'
import { catalogue } from './catalogue.js'

const name = z.string().min(1).max(64)

export const itemsSchema = z
  .array(z.strictObject({ sku: name, quantity: z.int().min(1).max(100) }))
  .min(1)
  .max(20)

/** What a customer sends: `{"customer":"c-1","items":[{"sku":"book-42","quantity":2}],"card":"tok_ok"}`. */
export const checkoutSchema = z.strictObject({
  customer: name,
  items: itemsSchema,
  /** A token from a card vault, never the number of a card. */
  card: name,
})

export type Items = z.infer<typeof itemsSchema>
export type Checkout = z.infer<typeof checkoutSchema>

/**
 * The price of what is ordered, in cents.
 *
 * @throws {@link Problem} 422 for an article that is not sold here
 */
export function priceOf(items: Items): number {
  let total = 0
  for (const [index, { sku, quantity }] of items.entries()) {
    const article = catalogue.get(sku)
    if (article === undefined) {
      const field = `items[${index}].sku`
      throw new Problem(422, 'unknown-sku', `${field}: "${sku}" is not sold here`, { field })
    }
    total += article.priceCents * quantity
  }
  return total
}
