import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createIdempotency, migrate, PostgresIdempotencyStore, type Store } from '../../src/index.js'
import { emptyStore } from '../empty-store.js'

/** A store that counts what goes to the database, a statement a round trip. */
function counted(store: Store): { store: Store; taken: () => number } {
  let count = 0
  const query: Store['query'] = async (text, values, options) => {
    count += 1
    return await store.query(text, values, options)
  }
  const seen = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === 'query' ? query : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const taken = (): number => {
    const before = count
    count = 0
    return before
  }
  return { store: seen, taken }
}

test('a request with a key costs its database two round trips, and a repeated or refused one costs it one', async () => {
  const database = await emptyStore()
  await migrate(database)
  const { store, taken } = counted(database)
  const idempotency = createIdempotency({
    store: new PostgresIdempotencyStore({ store }),
    caller: () => 'ann',
  })
  const server = createServer(
    idempotency.listener((_request, response) => response.writeHead(201).end('charged')),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await database.close()
  })
  const { port } = server.address() as AddressInfo
  const charge = async (body: string): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}/charges`, {
      method: 'POST',
      headers: { 'idempotency-key': '"k-1"' },
      body,
    })
    await response.text()
    return response.status
  }

  taken()
  expect(await charge('{"amount":12}')).toBe(201)
  expect(taken()).toBe(2)
  expect(await charge('{"amount":12}')).toBe(201)
  expect(taken()).toBe(1)
  expect(await charge('{"amount":13}')).toBe(422)
  expect(taken()).toBe(1)
})
