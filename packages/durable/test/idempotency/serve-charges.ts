import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { OnTakeover } from '../../src/idempotency/decide-claim.js'
import { createIdempotency } from '../../src/idempotency/idempotency.js'
import { type IdempotentRequest, idempotentRequestOf } from '../../src/idempotency/idempotent-request.js'
import { PostgresIdempotencyStore } from '../../src/idempotency/postgres/postgres-idempotency-store.js'
import type { Store } from '../../src/store/store.js'
import { listen, type RunningServer } from './servers.js'

const PATIENCE_MS = 30_000
const answerTo = ({ key }: IdempotentRequest): { status: number; body: string } => ({
  status: 201,
  body: `charged ${key}`,
})

interface Charging {
  /** Where the keys are. */
  readonly store: Store
  readonly charge: (run: IdempotentRequest) => Promise<unknown>
  readonly onTakeover: OnTakeover
  readonly leaseMs: number
}

/** A service that charges, and bids its callers try again where its database is lost meanwhile. */
export async function serveCharges({ store, charge, ...options }: Charging): Promise<RunningServer> {
  const keys = new PostgresIdempotencyStore({ store })
  const onError = (): void => undefined
  const idempotency = createIdempotency({ store: keys, caller: () => 'all', onError, ...options })
  const handle = idempotency.listener(async (request, response) => {
    const run = idempotentRequestOf(request)!
    const { status, body } = await charge(run).then(
      () => answerTo(run),
      // It may be committed all the same; whoever tries again is told.
      () => ({ status: 503, body: 'no database' }),
    )
    response.writeHead(status).end(body)
  })
  return await listen(createServer(handle))
}

const insert = 'insert into charge (key, epoch) values ($1, $2)'

/** The charge and the answer are committed together. */
export async function chargeTogether(store: Store, run: IdempotentRequest): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.query(insert, [run.key, run.epoch])
    await run.finish(transaction, answerTo(run))
  })
}

/** The charge is committed; the answer is kept when the handler has given it. */
export async function chargeBefore(ledger: Store, run: IdempotentRequest): Promise<void> {
  await ledger.query(insert, [run.key, run.epoch])
}

export async function createLedger(store: Store): Promise<void> {
  await store.query('create table charge (key text not null, epoch bigint not null)')
}

export async function chargesOf(store: Store, key: string): Promise<number> {
  return (await store.query('select from charge where key = $1', [key])).rows.length
}

/** Asks a service, until it is told something final. */
export async function requestCharge(url: string, key: string): Promise<string> {
  const headers = { 'idempotency-key': `"${key}"` }
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await pause(10)) {
    const answered = await fetch(`${url}/charges`, { method: 'POST', headers, body: '{"amount":1}' })
    const said = `${answered.status} ${await answered.text()}`
    if (!/^503|IN_FLIGHT/.test(said)) return said
  }
  return 'nothing in time'
}
