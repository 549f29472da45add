import type { Checkout } from '../checkout/checkout-schema.js'

const CUSTOMERS = 50
const DECLINED_SHARE = 0.03
const UNKNOWN_SHARE = 0.01
const favourites = ['book-42', 'book-42', 'mug-7', 'pen-12', 'pen-12', 'lamp-3']

/** Invents a realistic checkout: one to three articles, now and then a bad card or an article long gone. */
export function shop(random: () => number): Checkout {
  const pick = (count: number) => Math.floor(random() * count)
  const wanted = new Set(
    Array.from({ length: 1 + pick(3) }, () => favourites[pick(favourites.length)] ?? 'book-42'),
  )
  const items = [...wanted].map((sku) => ({ sku, quantity: 1 + pick(3) }))
  if (random() < UNKNOWN_SHARE) items.push({ sku: 'sofa-1998', quantity: 1 })
  return {
    customer: `c-${1 + pick(CUSTOMERS)}`,
    items,
    card: random() < DECLINED_SHARE ? 'tok_declined' : 'tok_ok',
  }
}
