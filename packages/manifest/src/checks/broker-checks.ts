import type { EventModel } from '../model/data-model.js'
import type { SystemModel } from '../model/system-model.js'
import type { Check } from './check.js'

export const brokerChecks: readonly Check[] = [
  {
    code: 'WT-DATA-BROKER-NO-ADDRESS',
    group: 'data',
    severity: 'error',
    title: 'a broker that nobody can find',
    *find({ broker }) {
      if (broker.path === undefined || broker.kind === 'postgres') return
      if (broker.url !== undefined || broker.env !== undefined) return
      yield {
        path: broker.path,
        part: 'value',
        message: 'events go through Kafka, and nothing says where it is',
        hint: 'write broker: { env: KAFKA_URL }, and set that variable to kafka://host:9092',
      }
    },
  },
  {
    code: 'WT-DATA-EVENT-OUT-OF-REACH',
    group: 'data',
    severity: 'error',
    title: 'an event that never reaches its consumer',
    *find(model) {
      const { broker, events } = model
      // Where the document does not say what carries events, the code may.
      if (broker.path === undefined || broker.kind !== 'postgres') return
      for (const { name, publishers, consumers } of events.values()) {
        for (const consumer of consumers) {
          const publisher = publishers.find((one) => areApart(model, one, consumer.service))
          if (publisher === undefined) continue
          const { store } = model.services.get(publisher)!.document
          yield {
            path: consumer.path,
            message: `${consumer.service} never sees ${name} of ${publisher}: it reads the outbox of its own store ${storeOf(model, consumer.service)}, and ${name} is written to that of ${store}`,
            hint: `write broker: { env: KAFKA_URL }, or keep both in store ${store}`,
          }
        }
      }
    },
  },
  {
    code: 'WT-DATA-EVENT-UNDESCRIBED',
    group: 'data',
    severity: 'note',
    title: 'an event without a schema or a key',
    *find({ events }) {
      for (const event of events.values()) {
        const { name, path, publishers, schema, key } = event
        if (path === undefined || publishers.length === 0) continue
        if (schema !== undefined && key !== undefined) continue
        yield {
          path,
          message: `event ${name} has ${missingOf(event)}`,
          hint: `write events: { ${name}: { schema: ./${name}.json, key: id } } with what they are`,
        }
      }
    },
  },
]

function missingOf({ schema, key }: EventModel): string {
  const what = [
    ...(schema === undefined ? ['no schema: nothing tells its consumers what is in it'] : []),
    ...(key === undefined ? ['no key: two of one entity may be handled in any order'] : []),
  ]
  return what.join(', and ')
}

function storeOf(model: SystemModel, service: string): string | undefined {
  return model.services.get(service)?.document.store
}

/** Whether both name a store, and another one. */
function areApart(model: SystemModel, one: string, other: string): boolean {
  const [first, second] = [storeOf(model, one), storeOf(model, other)]
  return first !== undefined && second !== undefined && first !== second
}
