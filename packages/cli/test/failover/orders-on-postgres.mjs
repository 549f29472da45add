// Takes orders: each is a row and an event of the outbox, committed together before it is acknowledged.
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { defineTopic, migrate, openStore, publish } from '@watertight/durable'

const store = openStore(process.env.DATABASE_URL, {
  queryDeadlineMs: 2_000,
  transactionDeadlineMs: 3_000,
  listenUrl: false,
})
const orders = defineTopic('orders', {
  source: '/orders',
  types: { 'order-placed': { schema: { parse: (value) => value } } },
})
await migrate(store)
await store.query(
  'create table if not exists orders (id text primary key, at timestamptz not null default now())',
)

async function take(request, response) {
  try {
    if (request.url !== '/orders') return response.end('ok')
    const { id } = await json(request)
    await store.atOnce((transaction) => [
      transaction.query('insert into orders (id) values ($1) on conflict do nothing', [id]),
      publish(transaction, orders, { type: 'order-placed', key: id, data: { id } }),
    ])
    response.writeHead(201).end(JSON.stringify({ id }))
  } catch (error) {
    response.writeHead(503).end(String(error))
  }
}

const server = createServer((request, response) => void take(request, response))
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
