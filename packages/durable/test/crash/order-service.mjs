// One life of a service in a process of its own, which is killed at a statement. With a Kafka it handles what is there.
import { openKafka, openStore } from '@watertight/durable'
import { killAt } from './kill-at.mjs'
import { handleOrders, live } from './orders.mjs'

const { url, service, kafka, ...place } = JSON.parse(process.argv[2] ?? '{}')
const store = openStore(url)
const broker = kafka === undefined ? undefined : await openKafka({ url: kafka, deadlineMs: 30_000 })
killAt(place)
await (broker === undefined ? live(store, service) : handleOrders(store, service, broker))
await broker?.close()
await store.close()
