import { z } from 'zod'
import { parse } from '../http/read-json.js'
import { idempotencyKey } from '../http/idempotency-key.js'
import type { Environment, Service } from '../http/service.js'
import { Ledger } from '../journal/ledger.js'
import { booksPage } from './books-page.js'

const CENTS_PER_POINT = 100

const purchaseSchema = z.strictObject({
  orderId: z.string().min(1).max(64),
  customer: z.string().min(1).max(64),
  totalCents: z.int().min(1),
})

/** Gives a point for every whole unit of currency. Nothing depends on it, so checkouts do without it. */
export async function openLoyalty({ openJournal }: Pick<Environment, 'openJournal'>): Promise<Service> {
  type Purchase = z.infer<typeof purchaseSchema>
  const purchases = await Ledger.open<Purchase, number>(openJournal, 'purchases')
  return {
    routes: {
      'POST /points': async (request) => {
        const purchase = parse(purchaseSchema, request.body)
        const points = await purchases.once(idempotencyKey(request), purchase, () =>
          Math.floor(purchase.totalCents / CENTS_PER_POINT),
        )
        return { status: 201, body: { message: `You earned ${points} loyalty points.` } }
      },
    },
    internalRoutes: { 'GET /internal/books': (request) => booksPage(purchases, request) },
    close: () => purchases.close(),
  }
}
