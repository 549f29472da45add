import { join } from 'node:path'
import { z } from 'zod'
import { catalogue } from '../checkout/catalogue.js'
import { itemsSchema, type Items } from '../checkout/checkout-request.js'
import { parse } from '../http/body.js'
import { idempotencyKey } from '../http/idempotency-key.js'
import { Problem } from '../http/problem.js'
import { runService } from '../http/service.js'
import { Ledger } from '../journal/ledger.js'
import { booksPage } from './books-page.js'

const reservationSchema = z.strictObject({ orderId: z.string().min(1).max(64), items: itemsSchema })

/** Reserves stock and releases it. What is on hand follows from the ledger alone, so a replay restores it. */
await runService('inventory', async ({ dataFolder }) => {
  type Reservation = z.infer<typeof reservationSchema>
  const onHand = new Map([...catalogue.values()].map(({ sku, stock }) => [sku, stock]))
  const add = (items: Items, sign: 1 | -1) => {
    for (const { sku, quantity } of items) onHand.set(sku, (onHand.get(sku) ?? 0) + sign * quantity)
  }
  const isAvailable = (items: Items) => {
    const wanted = new Map<string, number>()
    for (const { sku, quantity } of items) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity)
    return [...wanted].every(([sku, quantity]) => (onHand.get(sku) ?? 0) >= quantity)
  }
  const reservations = await Ledger.open<Reservation, 'reserved' | 'out-of-stock'>(
    join(dataFolder, 'reservations.jsonl'),
    ({ asked, answer, undone }) => {
      if (asked !== undefined && answer === 'reserved') add(asked.items, undone ? 1 : -1)
    },
  )
  return {
    routes: {
      'POST /reservations': async (request) => {
        const reservation = parse(reservationSchema, request.body)
        const answer = await reservations.once(idempotencyKey(request), reservation, () =>
          isAvailable(reservation.items) ? 'reserved' : 'out-of-stock',
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
      'GET /internal/stock': () => ({
        status: 200,
        body: [...catalogue.values()].map(({ sku, stock }) => ({
          sku,
          initial: stock,
          onHand: onHand.get(sku) ?? 0,
        })),
      }),
    },
    close: () => reservations.close(),
  }
})
