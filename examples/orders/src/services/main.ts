import type { Environment, Service } from '../http/service.js'
import { runService } from '../http/service.js'
import type { ServiceName } from './names.js'

/** Each is loaded only where it runs: no other service needs a database in its process. */
const services: Record<ServiceName, () => Promise<(environment: Environment) => Promise<Service>>> = {
  order: async () => (await import('./order.js')).openOrder,
  canary: async () => (await import('./order.js')).openOrder,
  inventory: async () => (await import('./inventory.js')).openInventory,
  payment: async () => (await import('./payment.js')).openPayment,
  shipping: async () => (await import('./shipping.js')).openShipping,
  loyalty: async () => (await import('./loyalty.js')).openLoyalty,
}

const version = process.env['WATERTIGHT_VERSION']
const name = (version === 'canary' ? version : process.argv[2]) as ServiceName
const load = services[name]
if (load === undefined) {
  throw new Error(
    `cannot start a service: its name must be one of ${Object.keys(services).join(', ')}, got ${name}`,
  )
}
await runService(name, await load())
