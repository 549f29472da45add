import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { virtualClock } from '@watertight/policy/testing'
import { expect, onTestFinished } from 'vitest'
import {
  createIdempotency,
  idempotentRequestOf,
  PostgresIdempotencyStore,
  type Store,
  type Transaction,
} from '../../src/index.js'

/** A store with the schema in it, whose round trips are counted. */
export interface CountedStore {
  readonly store: Store
  /** How many there were since it was asked last. */
  readonly taken: () => number
}

const charged = { status: 201, body: 'charged' }

/** What a key costs the database, also beyond a transaction in which the request is finished. */
export async function holdRoundTrips({ store, taken }: CountedStore): Promise<void> {
  await store.query('create table charge (amount integer not null)')
  const charge = async (finish: (transaction: Transaction) => Promise<void>): Promise<void> =>
    await store.transaction(async (transaction) => {
      await transaction.query('insert into charge values (12)')
      await finish(transaction)
    })
  const post = await started(store, charge)

  taken()
  await charge(async () => {})
  const alone = taken()
  for (const [path, atFirst] of [
    ['/answered', 2],
    ['/finished-within', alone + 2],
  ] as const) {
    expect([await post(path, 12), taken()]).toEqual([201, atFirst])
    expect([await post(path, 12), taken()]).toEqual([201, 1])
    expect([await post(path, 13), taken()]).toEqual([422, 1])
  }
  const { rows } = await store.query('select count(*)::integer as count from charge')
  expect(rows).toEqual([{ count: 2 }])
}

async function started(
  store: Store,
  charge: (finish: (transaction: Transaction) => Promise<void>) => Promise<void>,
): Promise<(path: string, amount: number) => Promise<number>> {
  const idempotency = createIdempotency({
    store: new PostgresIdempotencyStore({ store }),
    caller: () => 'ann',
    // However long a busy machine takes, no lease is renewed and no key cleaned between.
    clock: virtualClock(),
    claimDeadlineMs: 120_000,
  })
  const server = createServer(
    idempotency.listener(async (request, response) => {
      if (request.url === '/finished-within')
        await charge((transaction) => idempotentRequestOf(request)!.finish(transaction, charged))
      response.writeHead(charged.status).end(charged.body)
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return async (path, amount) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'idempotency-key': '"k-1"' },
      body: JSON.stringify({ amount }),
    })
    await response.text()
    return response.status
  }
}
