// One life of a relay in a process of its own, which is killed before a statement or at a call of Kafka.
import { openKafka, openStore } from '@watertight/durable'
import { killAt } from '../crash/kill-at.mjs'
import { relayOrders } from './relay-orders.mjs'

const { url, kafka, at, step, ...relayed } = JSON.parse(process.argv[2] ?? '{}')
const store = openStore(url)
const broker = await openKafka({ url: kafka, deadlineMs: 30_000 })

async function killable(name, work) {
  if (step === `before ${name}`) process.kill(process.pid, 'SIGKILL')
  const result = await work()
  if (step === `after ${name}`) process.kill(process.pid, 'SIGKILL')
  return result
}

const sink = {
  prepare: (topic) => killable('prepare', () => broker.prepare(topic)),
  send: (topic, events) => killable('send', () => broker.send(topic, events)),
}
if (at !== undefined) killAt({ at, when: 'before' })
await relayOrders(store, sink, relayed)
await broker.close()
await store.close()
