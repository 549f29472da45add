import type { Broker } from '../../src/brokers/broker.js'
import type { Store } from '../../src/store/store.js'

export function placeOrders(store: Store, service: string): Promise<void>
export function handleOrders(store: Store, service: string, broker?: Broker): Promise<void>
export function live(store: Store, service: string): Promise<void>
