import { openEvents, type OpenedEvents } from '@watertight/durable'
import { bulkhead, RefusalError } from '@watertight/policy'
import { checkoutSchema } from '../checkout/checkout-schema.js'
import { opening } from '../database/opening.js'
import { parse } from '../http/read-json.js'
import { customersKey } from '../http/idempotency-key.js'
import { Problem, unavailable } from '../http/problem.js'
import type { Environment, Service } from '../http/service.js'
import { CheckoutDesk } from '../order/checkout-desk.js'
import { orderEvents } from '../order/order-events.js'
import { outcomeOf, view } from '../order/view.js'
import { pageStart } from './books-page.js'

/**
 * How many checkouts are worked on at once. Many more come at once when all that have waited for a restart are let in
 * together: worked on all at the same time, each would take longer than its calls may. They wait here, where nothing is
 * begun yet.
 */
const ADMISSION = { concurrency: 16, queue: 256, maxWaitMs: 8_000 }

/** Keeps the orders, and takes each through reserving, charging and shipping, or back. */
export async function openOrder(environment: Environment): Promise<Service> {
  const { name, edges, log, model, tracing, openStore } = environment
  const options = {
    version: name === 'canary' ? 'canary' : 'stable',
    callees: {
      inventory: edges.to('inventory'),
      payment: edges.to('payment'),
      loyalty: edges.to('loyalty'),
    },
    tax: edges.to('tax'),
    engine: model.sagas.get('place-order')?.engine ?? 'store',
    tracing,
    onTrouble: (error: unknown, orderId?: string) =>
      log.warn({ err: error, orderId }, 'something failed beside the steps of an order, and is tried again'),
  }
  let events: OpenedEvents | undefined
  const { store, opened } = opening(openStore(), async (patient) => {
    const desk = await CheckoutDesk.open({ ...options, store: patient })
    // Where the document has a broker, what order tells is brought there; otherwise whoever takes it reads it in the database.
    const told = { service: 'order', store: patient, topics: [orderEvents], onError: options.onTrouble }
    events = await openEvents(model, told)
    return desk
  })
  const close = async () => {
    const desk = await opened.catch(() => undefined)
    await events?.close()
    await desk?.close()
    await store.close()
  }
  return { ...orderService(opened), opened, close }
}

/** The service over any store, and over any way to call the others. */
export function orderService(opened: Promise<CheckoutDesk>): Omit<Service, 'close'> {
  const admission = bulkhead(ADMISSION)
  const orders = async () => (await opened).orders
  return {
    routes: {
      'POST /orders': async (request) => {
        const checkout = parse(checkoutSchema, request.body)
        const key = customersKey(request)
        const admitted = await admission.outcome(async () => (await opened).place(checkout, key))
        if (admitted.ok) return outcomeOf(admitted.value)
        if (admitted.error instanceof RefusalError) throw unavailable('too many orders are under way', 1)
        throw admitted.error
      },
      'GET /orders/:id': async ({ params }) => {
        const order = await (await opened).statuses.find(params['id'] ?? '')
        if (order === undefined) throw new Problem(404, 'unknown-order', 'there is no order with this id')
        return { status: 200, body: view(order) }
      },
    },
    internalRoutes: {
      'GET /internal/books': async (request) => ({
        status: 200,
        body: await (await orders()).page(pageStart(request)),
      }),
      'GET /internal/unfinished': async () => ({
        status: 200,
        body: { ...(await (await orders()).countUnfinished()), untold: await (await opened).untold() },
      }),
    },
    figures: async () => ({ orders: await (await orders()).countUnfinished() }),
    checks: { postgres: async () => (await orders()).countUnfinished() },
  }
}
