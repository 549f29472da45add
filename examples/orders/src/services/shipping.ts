import { z } from 'zod'
import { itemsSchema } from '../checkout/checkout-schema.js'
import { parse } from '../http/read-json.js'
import { idempotencyKey } from '../http/idempotency-key.js'
import type { Environment, Service } from '../http/service.js'
import { Ledger } from '../journal/ledger.js'
import { booksPage } from './books-page.js'

const shipmentSchema = z.strictObject({
  orderId: z.string().min(1).max(64),
  customer: z.string().min(1).max(64),
  items: itemsSchema,
})

/** Plans shipments and cancels them. */
export async function openShipping({ openJournal }: Pick<Environment, 'openJournal'>): Promise<Service> {
  type Shipment = z.infer<typeof shipmentSchema>
  const shipments = await Ledger.open<Shipment, 'planned'>(openJournal, 'shipments')
  return {
    routes: {
      'POST /shipments': async (request) => {
        const shipment = parse(shipmentSchema, request.body)
        const status = await shipments.once(idempotencyKey(request), shipment, () => 'planned')
        return { status: 201, body: { status } }
      },
      'POST /cancellations': async (request) => {
        await shipments.undo(idempotencyKey(request))
        return { status: 200, body: { status: 'cancelled' } }
      },
    },
    internalRoutes: { 'GET /internal/books': (request) => booksPage(shipments, request) },
    close: () => shipments.close(),
  }
}
