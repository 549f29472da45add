// The life of a relay: it joins, orders are published, and it brings them to one topic in Kafka, whichever service they are of.
import { defineTopic, publish } from '@watertight/durable'
import { relaySubscription } from '../../dist/brokers/relay/relay-events.js'
import { RelayRounds } from '../../dist/brokers/relay/relay-rounds.js'
import { consumerLag } from '../../dist/events/queries/consumer-lag.js'
import { persist } from '../servers/persist.mjs'

const DEADLINE_MS = 60_000
const group = 'lost-relay'

/** Events of two keys, which nobody else publishes. */
async function publishOrders(store, service, topic) {
  const events = [0, 1, 2].map((n) => ({
    type: 'numbered',
    key: `${service}.${n % 2}`,
    id: `${service}.${n}`,
    data: { n },
  }))
  await store.transaction((transaction) => publish(transaction, topic, events))
}

async function isBehind(store, service) {
  const lags = await consumerLag(store)
  return lags.some((lag) => lag.group === group && lag.topic === service && lag.events > 0)
}

/** Until all is in Kafka. */
export async function relayOrders(store, broker, { kafkaTopic, service }) {
  const topic = defineTopic(service, {
    source: '/test',
    types: { numbered: { schema: { parse: (input) => input } } },
  })
  const sink = {
    prepare: () => broker.prepare(kafkaTopic),
    send: (_, events) => broker.send(kafkaTopic, events),
  }
  let now = 0
  const made = relaySubscription(store, service, { topics: [service], to: sink, group, leaseMs: 300 })
  const rounds = new RelayRounds({ ...made, now: () => (now += 1_000) }, sink)
  await persist(() => publishOrders(store, service, topic))
  await persist(() => rounds.join('first'))
  for (const until = performance.now() + DEADLINE_MS; performance.now() < until;) {
    if ((await persist(() => rounds.round())) > 0) continue
    if (!(await persist(() => isBehind(store, service)))) break
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await persist(() => rounds.leave())
}
