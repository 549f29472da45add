// One life of a service in a process of its own, which is killed at a statement.
import { openStore } from '@watertight/durable'
import { killAt } from './kill-at.mjs'
import { live } from './orders.mjs'

const { url, service, ...place } = JSON.parse(process.argv[2] ?? '{}')
const store = openStore(url)
killAt(place)
await live(store, service)
await store.close()
