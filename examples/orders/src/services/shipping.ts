import { consumerLag, migrate, openEvents, type OpenedEvents, type Store } from '@watertight/durable'
import type { SystemModel } from '@watertight/manifest'
import type { Tracing } from '@watertight/telemetry'
import { opening } from '../database/opening.js'
import type { Environment, Service } from '../http/service.js'
import { orderEvents } from '../order/order-events.js'
import { ShipmentStore } from '../shipping/shipment-store.js'
import { pageStart } from './books-page.js'

export interface ShippingOptions {
  readonly model: SystemModel
  readonly store: Store
  /** Hears of each shipment, in the trace of its order. */
  readonly onPlanned?: (orderId: string) => void
  readonly tracing?: Tracing
  /** Hears what went wrong; it is tried again. */
  readonly onError: (error: unknown) => void
}

/** Plans a shipment for each order that is confirmed. Nobody calls it: it takes the event from the log, when it can. */
export async function openShipping({
  model,
  openStore,
  log,
  tracing,
}: Pick<Environment, 'model' | 'openStore' | 'log' | 'tracing'>): Promise<Service> {
  const onError = (error: unknown) => log.warn({ err: error }, 'a shipment is not planned yet')
  const onPlanned = (orderId: string) => log.info({ orderId }, 'planned')
  const shop = openStore()
  const { store, opened } = opening(shop, async (patient) => {
    await migrate(patient)
    return await shipConfirmed({ model, store: patient, tracing, onPlanned, onError })
  })
  return {
    ...shippingService(store, opened),
    opened,
    checks: { postgres: () => opened.then(() => shop.query('select 1')) },
    close: async () => {
      await (await opened.catch(() => undefined))?.close()
      await store.close()
    },
  }
}

/** Nobody waits for a shipment to be planned: several events share a transaction. */
const LINGER_MS = 250

/** Begins to plan shipments: the event is handled and the shipment written in one transaction, so each is there once. */
export async function shipConfirmed({
  model,
  store,
  tracing,
  onPlanned = () => {},
  onError,
}: ShippingOptions): Promise<OpenedEvents> {
  const shipments = new ShipmentStore(store)
  await shipments.open()
  return await openEvents(model, {
    service: 'shipping',
    store,
    topics: [orderEvents],
    handlers: {
      'order-confirmed': async ({ key, data: { customer, items } }, transaction) => {
        const orderId = key ?? ''
        await shipments.plan(transaction, { orderId, customer, items })
        onPlanned(orderId)
      },
    },
    lingerMs: LINGER_MS,
    tracing,
    onError,
  })
}

/** The service over any store. */
export function shippingService(store: Store, opened: Promise<OpenedEvents>): Omit<Service, 'close'> {
  const shipments = new ShipmentStore(store)
  return {
    routes: {},
    internalRoutes: {
      'GET /internal/books': async (request) => {
        await opened
        return { status: 200, body: await shipments.page(pageStart(request)) }
      },
      'GET /internal/unhandled': async () => {
        const { broker } = await opened
        const lags = await consumerLag(store, broker)
        const own = lags.filter(({ group }) => group === 'shipping')
        const unhandled = own.reduce((sum, { events, parked }) => sum + (events ?? 0) + parked, 0)
        return { status: 200, body: { unhandled } }
      },
    },
  }
}
