// Takes orders and has them paid: at once, or later, by an event of its own outbox, while payment is away.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { consume, defineTopic, migrate, openServiceStore, publish } from '@watertight/durable'
import { createClient } from '@watertight/http'
import { readManifest } from '@watertight/manifest'
import { constant } from '@watertight/policy'

const { PAYMENT_URL, PORT, WATERTIGHT_MANIFEST } = process.env
const { model } = readManifest(readFileSync(WATERTIGHT_MANIFEST, 'utf8'), WATERTIGHT_MANIFEST).system
const store = openServiceStore(model, { service: 'order' })
const later = defineTopic('charges-later', {
  source: '/orders',
  types: { charge: { schema: { parse: (value) => value } } },
})
await migrate(store)

const client = createClient(model, {
  service: 'order',
  endpoints: { payment: [PAYMENT_URL] },
  onQueue: async ({ body }) => {
    const { id } = JSON.parse(body)
    await store.transaction((transaction) =>
      publish(transaction, later, { type: 'charge', key: id, data: { id } }),
    )
  },
})
const charging = (id) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'idempotency-key': id },
  body: JSON.stringify({ id }),
})
await consume(store, {
  group: 'charges',
  topic: later,
  attemptsMax: 1_000,
  backoff: constant({ ms: 500 }),
  handle: async ({ data: { id } }) => {
    // While nobody answers, nobody is asked.
    if (client.payment.fetch.breaker.state !== 'closed') throw new Error('payment is away')
    const answer = await fetch(`${PAYMENT_URL}/charges`, {
      ...charging(id),
      signal: AbortSignal.timeout(1_000),
    })
    if (answer.status !== 201) throw new Error(`payment answered ${answer.status}`)
  },
})

async function take(request, response) {
  try {
    const { id } = await json(request)
    const { status } = await client.payment.fetch('/charges', charging(id))
    const said = status === 202 ? 'taken, and paid as soon as the bank answers' : 'paid'
    response.writeHead(status).end(JSON.stringify({ id, said }))
  } catch (error) {
    response.writeHead(503).end(String(error))
  }
}

const server = createServer((request, response) => {
  if (request.url === '/orders') return void take(request, response)
  const isWell = request.url !== '/breaker' || client.payment.fetch.breaker.state === 'closed'
  return response.writeHead(isWell ? 200 : 503).end()
})
server.listen(PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
