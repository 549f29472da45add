import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { createIdempotency } from '../../src/idempotency/idempotency.js'
import { type IdempotentRequest, idempotentRequestOf } from '../../src/idempotency/idempotent-request.js'
import { PostgresIdempotencyStore } from '../../src/idempotency/postgres/postgres-idempotency-store.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import type { Store } from '../../src/store/store.js'
import { dropEverywhere, type Dropping } from '../servers/drop-everywhere.js'
import { listen } from './servers.js'

/** Nothing waits for it to end: where the database is back the next moment, a claim is finished or given back. */
const LEASE_MS = 20_000
const PATIENCE_MS = 30_000
const CALLERS = 5
const answer = { status: 201, body: 'charged' }

/** Whether the charge is committed together with the answer, or before it, by somebody whose database is not lost. */
export type Effect = 'together' | 'before'

export interface Stage {
  readonly url: string
  /** Sees the same database, and loses no connection. */
  readonly ledger: Store
}

export async function createLedger({ ledger }: Stage): Promise<void> {
  await ledger.query('create table charge (key text not null)')
}

/** A service that charges, until `work` is done. */
async function whileServing(
  store: Store,
  charge: (run: IdempotentRequest) => Promise<void>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const keys = new PostgresIdempotencyStore({ store })
  const onTakeover = 'conflict'
  const idempotency = createIdempotency({
    store: keys,
    caller: () => 'all',
    onTakeover,
    leaseMs: LEASE_MS,
    onError: () => undefined,
  })
  const handle = idempotency.listener(async (request, response) => {
    const { status, body } = await charge(idempotentRequestOf(request)!).then(
      () => answer,
      // It may be committed all the same; whoever tries again is told.
      () => ({ status: 503, body: 'no database' }),
    )
    response.writeHead(status).end(body)
  })
  const server = await listen(createServer(handle))
  try {
    await work(`${server.url}/charges`)
  } finally {
    await server.close()
  }
}

/** Tries until it is told something final. */
async function call(url: string, key: string): Promise<string> {
  const headers = { 'idempotency-key': `"${key}"` }
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await pause(10)) {
    const answered = await fetch(url, { method: 'POST', headers, body: '{"amount":1}' })
    const said = `${answered.status} ${await answered.text()}`
    if (!/^503|IN_FLIGHT/.test(said)) return said
  }
  return 'nothing in time'
}

async function live(stage: Stage, effect: Effect, url: string, name: string): Promise<string[]> {
  const { ledger } = stage
  const store = new PostgresStore({ url, connectionsMax: 3, listenUrl: false })
  const insert = 'insert into charge (key) values ($1)'
  const charges = {
    together: (run: IdempotentRequest) =>
      store.transaction(async (transaction) => {
        await transaction.query(insert, [run.key])
        await run.finish(transaction, answer)
      }),
    before: async (run: IdempotentRequest) => void (await ledger.query(insert, [run.key])),
  }
  const wrong: string[] = []
  const tell = async (key: string, callers: readonly Promise<string>[]): Promise<void> => {
    const told = [...new Set(await Promise.all(callers))].join(', ')
    const { rows } = await ledger.query('select from charge where key = $1', [key])
    if (told !== '201 charged' || rows.length !== 1)
      wrong.push(`${key}: ${rows.length} charges, told ${told}`)
  }
  try {
    await whileServing(store, charges[effect], async (service) => {
      const alone = `${effect} ${name}, alone`
      await tell(alone, [call(service, alone)])
      await tell(alone, [call(service, alone)])
      const together = `${effect} ${name}, at once`
      await tell(
        together,
        Array.from({ length: CALLERS }, () => call(service, together)),
      )
    })
    return wrong
  } finally {
    await store.close()
  }
}

/**
 * One caller, the same one again, and some at once; a connection is lost at each statement of theirs in turn, or at some of
 * them.
 */
export async function dropConnections(
  stage: Stage,
  effect: Effect,
  { when, ...sample }: Omit<Dropping, 'live'>,
): ReturnType<typeof dropEverywhere> {
  const living = (url: string, name: string): Promise<string[]> => live(stage, effect, url, name)
  return await dropEverywhere(stage.url, { when, live: living, ...sample })
}
