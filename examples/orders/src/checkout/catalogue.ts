/** What the shop sells. Prices in cents; `stock` is what inventory starts with on an empty data folder. */
export interface Article {
  readonly sku: string
  readonly title: string
  readonly priceCents: number
  readonly stock: number
}

export const CURRENCY = 'EUR'

const articles: readonly Article[] = [
  { sku: 'book-42', title: 'The Answer, hardcover', priceCents: 2_499, stock: 1_000_000 },
  { sku: 'mug-7', title: 'Mug that never leaks', priceCents: 1_250, stock: 1_000_000 },
  { sku: 'lamp-3', title: 'Desk lamp', priceCents: 4_900, stock: 1_000_000 },
  { sku: 'pen-12', title: 'Twelve pens', priceCents: 899, stock: 1_000_000 },
  { sku: 'poster-1', title: 'Signed poster, one of 40', priceCents: 12_000, stock: 40 },
]

/** The articles by sku. */
export const catalogue: ReadonlyMap<string, Article> = new Map(
  articles.map((article) => [article.sku, article]),
)
