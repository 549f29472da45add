import { z } from 'zod'
import { parse } from '../http/read-json.js'
import { idempotencyKey } from '../http/idempotency-key.js'
import { Problem } from '../http/problem.js'
import type { Environment, Service } from '../http/service.js'
import { Ledger } from '../journal/ledger.js'
import { booksPage } from './books-page.js'

const chargeSchema = z.strictObject({
  orderId: z.string().min(1).max(64),
  amountCents: z.int().min(1),
  currency: z.literal('EUR'),
  card: z.string().min(1).max(64),
})

/** Charges cards and refunds them, each at most once per idempotency key. */
export async function openPayment({ openJournal }: Pick<Environment, 'openJournal'>): Promise<Service> {
  type Charge = z.infer<typeof chargeSchema>
  const charges = await Ledger.open<Charge, 'charged' | 'declined'>(openJournal, 'charges')
  return {
    routes: {
      'POST /charges': async (request) => {
        const charge = parse(chargeSchema, request.body)
        const answer = await charges.once(idempotencyKey(request), charge, () =>
          charge.card === 'tok_declined' ? 'declined' : 'charged',
        )
        if (answer === 'declined') throw new Problem(402, 'card-declined', 'the card was declined')
        return { status: 201, body: { status: answer } }
      },
      'POST /refunds': async (request) => {
        await charges.undo(idempotencyKey(request))
        return { status: 200, body: { status: 'refunded' } }
      },
    },
    internalRoutes: { 'GET /internal/books': (request) => booksPage(charges, request) },
    close: () => charges.close(),
  }
}
