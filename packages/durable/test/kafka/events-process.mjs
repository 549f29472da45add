// A relay or a consumer in a process of its own, for tests that kill it. It tells its parent when it is at work.
import { consume, defineTopic, openKafka, openStore, relayEvents } from '@watertight/durable'

const { role, url, kafka, topic: name } = JSON.parse(process.argv[2])
const store = openStore(url)
const broker = await openKafka({ url: kafka })
const topic = defineTopic(name, {
  source: '/orders',
  types: { numbered: { schema: { parse: (input) => input } } },
})
const settings = { leaseMs: 600, pollMs: 20, batchMax: 100, onError: () => {} }
if (role === 'relay') {
  await relayEvents(store, { ...settings, topics: [topic], to: broker })
} else {
  await consume(store, {
    ...settings,
    group: 'shipping',
    topic,
    broker,
    handle: async ({ key, data }, transaction) => {
      await transaction.query('insert into effect (topic, key, n) values ($1, $2, $3)', [name, key, data.n])
    },
  })
}
process.send('at work')
process.on('disconnect', () => process.exit())
