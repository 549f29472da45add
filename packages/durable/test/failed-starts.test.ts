import { expect, test } from 'vitest'
import type { Broker, TopicLog } from '../src/brokers/broker.js'
import { outboxBroker } from '../src/brokers/postgres/outbox-broker.js'
import { consume } from '../src/events/consume.js'
import { migrate } from '../src/migrations/migrate.js'
import { defineTopic } from '../src/outbox/topic.js'
import { emptyStore } from './empty-store.js'

const topic = defineTopic('orders', {
  source: '/orders',
  types: { placed: { schema: { parse: (input) => input } } },
})

test.each(['start', 'listen'] as const)(
  'a consumer that cannot begin, since its log fails at %s, says why and leaves no log open',
  async (part) => {
    const store = await emptyStore()
    await migrate(store)
    const own = outboxBroker(store)
    let closed = 0
    const log = (name: string): TopicLog => {
      const real = own.log(name)
      return {
        kind: real.kind,
        partitionCount: () => real.partitionCount(),
        start: (startAt) => real.start(startAt),
        read: (positions, limit) => real.read(positions, limit),
        countAfter: (positions) => real.countAfter(positions),
        listen: (onNews) => real.listen(onNews),
        close: async () => {
          closed += 1
          // Why it could not begin is told, not what came of it.
          throw new Error('nor can it be closed')
        },
        [part]: () => Promise.reject(new Error('the broker is away')),
      }
    }
    const broker: Broker = { kind: own.kind, log, close: () => own.close() }
    const beginning = consume(store, { group: `fails-at-${part}`, topic, broker, handle: async () => {} })
    await expect(beginning).rejects.toThrow('the broker is away')
    expect(closed).toBe(1)
    await store.close()
  },
)
