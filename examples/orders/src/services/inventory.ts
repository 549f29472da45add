import { z } from 'zod'
import { itemsSchema } from '../checkout/checkout-schema.js'
import { Stock } from '../checkout/stock.js'
import { parse } from '../http/read-json.js'
import { idempotencyKey } from '../http/idempotency-key.js'
import { Problem } from '../http/problem.js'
import type { Environment, Service } from '../http/service.js'
import { Ledger } from '../journal/ledger.js'
import { takePart } from '../inventory/take-part.js'
import { booksPage } from './books-page.js'

const reservationSchema = z.strictObject({ orderId: z.string().min(1).max(64), items: itemsSchema })

/** Reserves stock and releases it. */
export async function openInventory(
  environment: Pick<Environment, 'openJournal'> & Partial<Environment>,
): Promise<Service> {
  const { openJournal } = environment
  type Reservation = z.infer<typeof reservationSchema>
  const stock = new Stock()
  const reservations = await Ledger.open<Reservation, 'reserved' | 'out-of-stock'>(
    openJournal,
    'reservations',
    ({ asked, answer, undone }) => {
      if (asked === undefined || answer !== 'reserved') return
      if (undone) stock.putBack(asked.items)
      else stock.take(asked.items)
    },
  )
  const part = await takePart(environment, {
    reserve: (reservation) =>
      reservations.once(reservation.orderId, reservation, () =>
        stock.has(reservation.items) ? 'reserved' : 'out-of-stock',
      ),
    release: (orderId) => reservations.undo(orderId),
  })
  return {
    routes: {
      'POST /reservations': async (request) => {
        const reservation = parse(reservationSchema, request.body)
        const answer = await reservations.once(idempotencyKey(request), reservation, () =>
          stock.has(reservation.items) ? 'reserved' : 'out-of-stock',
        )
        if (answer === 'out-of-stock') throw new Problem(409, 'out-of-stock', 'not enough of it is in stock')
        return { status: 201, body: { status: answer } }
      },
      'POST /releases': async (request) => {
        await reservations.undo(idempotencyKey(request))
        return { status: 200, body: { status: 'released' } }
      },
    },
    internalRoutes: {
      'GET /internal/books': (request) => booksPage(reservations, request),
      'GET /internal/stock': () => ({ status: 200, body: stock.lines() }),
    },
    close: async () => {
      await part?.close()
      await reservations.close()
    },
  }
}
