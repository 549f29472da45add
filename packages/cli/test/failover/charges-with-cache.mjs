// Charges once for each key, and tells prices: keys that are done and prices come from Redis while it is well, else from Postgres.
import { createServer } from 'node:http'
import {
  cachedReads,
  createIdempotency,
  migrate,
  openCache,
  openIdempotencyStore,
  openStore,
} from '@watertight/durable'

const { PRIMARY_URL, REPLICA_URL, REDIS_URL, PORT } = process.env
const [primary, replica] = [PRIMARY_URL, REPLICA_URL].map((url) =>
  openStore(url, { listenUrl: false, queryDeadlineMs: 5_000 }),
)
await migrate(primary)
await primary.query('create table if not exists charges (number serial primary key, key text not null)')
await primary.query('create table if not exists prices (sku text primary key, cents text)')
await primary.query("insert into prices values ('pen-12', '899') on conflict do nothing")

const cache = await openCache(REDIS_URL, {
  onChange: (isInUse) => console.log(isInUse ? 'the cache is in use' : 'the cache is left alone'),
})
const priceOf = (store, name) => async (sku) => {
  from[name] += 1
  return (await store.query('select cents from prices where sku = $1', [sku])).rows[0]?.cents
}
const from = { replica: 0, primary: 0 }
const prices = cachedReads({
  cache,
  maxAgeMs: 200,
  sources: [priceOf(replica, 'replica'), priceOf(primary, 'primary')],
})
const keys = await openIdempotencyStore(PRIMARY_URL, { cache: REDIS_URL })
const idempotency = createIdempotency({
  store: keys,
  caller: () => 'all',
  onTakeover: 'conflict',
  onError: () => {},
})

const charge = idempotency.listener(async (request, response) => {
  const { rows } = await primary.query('insert into charges (key) values ($1) returning number', [
    request.headers['idempotency-key'],
  ])
  response
    .writeHead(201)
    .end(JSON.stringify({ charge: rows[0].number, key: request.headers['idempotency-key'] }))
})
const server = createServer((request, response) => {
  if (request.url === '/charges') return void charge(request, response)
  if (request.url === '/cache') return response.writeHead(cache.isInUse ? 200 : 503).end()
  if (request.url === '/from') return response.end(JSON.stringify(from))
  if (request.url !== '/prices/pen-12') return response.end('ok')
  prices.read('pen-12').then(
    (cents) => response.end(cents),
    (error) => response.writeHead(503).end(String(error)),
  )
})
server.listen(PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
