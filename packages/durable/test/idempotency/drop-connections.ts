import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import type { Store } from '../../src/store/store.js'
import type { Struck } from '../servers/at-each.js'
import { dropEverywhere, type Dropping } from '../servers/drop-everywhere.js'
import {
  chargeBefore,
  chargesOf,
  chargeTogether,
  createLedger,
  requestCharge,
  serveCharges,
} from './serve-charges.js'

/** Nothing waits for it to end: where the database is back the next moment, a claim is finished or given back. */
const leaseMs = 20_000
const CALLERS = 5

/** Whether the charge is committed together with the answer, or before it, by somebody whose database is not lost. */
export type Effect = 'together' | 'before'

export interface Stage {
  readonly url: string
  /** Sees the same database, and loses no connection. */
  readonly ledger: Store
}

/** On a database that has nothing in it yet. */
export async function openStage(url: string): Promise<Stage> {
  const ledger = openStore(url)
  await migrate(ledger)
  await createLedger(ledger)
  return { url, ledger }
}

/** Each effect, with the connection lost before and after. */
export const dropCases: readonly { readonly effect: Effect; readonly when: Dropping['when'] }[] = (
  ['together', 'before'] as const
).flatMap((effect) => (['before', 'after'] as const).map((when) => ({ effect, when })))

/** One caller, the same one again, and some at once; what is wrong in the end. */
async function live({ ledger }: Stage, effect: Effect, url: string, name: string): Promise<string[]> {
  const store = new PostgresStore({ url, connectionsMax: 3, listenUrl: false })
  const service = await serveCharges({
    store,
    charge: (run) => (effect === 'together' ? chargeTogether(store, run) : chargeBefore(ledger, run)),
    onTakeover: 'conflict',
    leaseMs,
  })
  const wrong: string[] = []
  const callers = async (which: string, count: number): Promise<void> => {
    const key = `${effect} ${name}, ${which}`
    const calls = Array.from({ length: count }, () => requestCharge(service.url, key))
    const told = [...new Set(await Promise.all(calls))].join(', ')
    const charges = await chargesOf(ledger, key)
    if (told !== `201 charged ${key}` || charges !== 1) wrong.push(`${key}: ${charges} charges, told ${told}`)
  }
  try {
    await callers('alone', 1)
    await callers('alone', 1)
    await callers('at once', CALLERS)
    return wrong
  } finally {
    await service.close()
    await store.close()
  }
}

/** A connection is lost at each statement of such callers in turn, or at some of them. */
export async function dropConnections(
  stage: Stage,
  effect: Effect,
  { when, ...sample }: Omit<Dropping, 'live'>,
): Promise<Struck> {
  const living = (url: string, name: string): Promise<string[]> => live(stage, effect, url, name)
  return await dropEverywhere(stage.url, { when, live: living, ...sample })
}
