import { readManifest, type SystemModel } from '@watertight/manifest'

/** A document of an order and a shipping service, with further lines and with changes to either. */
export function documentOf({
  broker = 'postgres',
  order = 'outbox: { relay: self }',
  shipping = 'consumes: { order-placed: { idempotent: inbox } }',
  events = '',
  stores = 'main: embedded, other: embedded',
  shippingStore = 'main',
}: Partial<
  Record<'broker' | 'events' | 'order' | 'shipping' | 'stores' | 'shippingStore', string>
> = {}): SystemModel {
  const { system, problems } = readManifest(
    `watertight: v1
system: shop
broker: ${broker}
stores: { ${stores} }
events:
  order-placed: { topic: orders, version: 2 }
  order-cancelled: { topic: orders }
  ${events}
services:
  order: { store: main, publishes: [order-placed, order-cancelled], ${order} }
  shipping: { store: ${shippingStore}, ${shipping} }
`,
    'watertight.yaml',
  )
  if (system === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  return system.model
}
