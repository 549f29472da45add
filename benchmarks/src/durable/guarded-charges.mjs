import { once } from 'node:events'
import { createServer } from 'node:http'
import { Pool } from 'undici'
import {
  createIdempotency,
  idempotentRequestOf,
  migrate,
  openStore,
  PostgresIdempotencyStore,
  publish,
} from '../../../packages/durable/dist/index.js'
import { benchTopic } from './drain-events.mjs'

/**
 * A payment service as the docs have it: each request has an Idempotency-Key, and its charge and its answer are written in
 * one transaction. Alone, and with an event published in that. Over HTTP, by connections that are kept.
 */
export async function guardedCharges(url, connections) {
  const store = openStore(url, { connectionsMax: connections })
  await migrate(store)
  await store.query('create table charge (key text primary key, amount integer not null)')
  const idempotency = createIdempotency({
    store: new PostgresIdempotencyStore({ store }),
    caller: () => 'all',
    onTakeover: 'rerun',
  })
  const answer = { status: 201, body: '{"answer":"charged"}' }
  const server = createServer(
    idempotency.listener(async (request, response) => {
      const guarded = idempotentRequestOf(request)
      await store.atOnce((transaction) => [
        transaction.query('insert into charge (key, amount) values ($1, $2)', [guarded.key, 12]),
        ...(request.url === '/published-charges' ? [publishCharge(transaction, guarded.key)] : []),
        guarded.finish(transaction, answer),
      ])
      response.writeHead(answer.status).end(answer.body)
    }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const pool = new Pool(`http://127.0.0.1:${server.address().port}`, { connections })
  const post = async (path, id) => {
    const headers = { 'idempotency-key': id, 'content-type': 'application/json' }
    const { statusCode, body } = await pool.request({ method: 'POST', path, headers, body: '{"amount":12}' })
    if (statusCode !== answer.status) throw new Error(`cannot measure: ${statusCode} ${await body.text()}`)
    await body.dump()
  }
  return {
    run: {
      'guarded charge': (id) => post('/charges', id),
      'guarded charge that publishes': (id) => post('/published-charges', id),
    },
    close: async () => {
      await pool.close()
      server.close()
      await store.close()
    },
  }
}

const publishCharge = (transaction, key) =>
  publish(transaction, benchTopic, { type: 'placed', key, data: { key, amount: 12 } })
