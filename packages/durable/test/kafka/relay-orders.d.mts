import type { EventSink } from '../../src/brokers/event-sink.js'
import type { Store } from '../../src/store/store.js'

export interface Relayed {
  readonly kafkaTopic: string
  readonly service: string
}

export function relayOrders(store: Store, broker: EventSink, relayed: Relayed): Promise<void>
