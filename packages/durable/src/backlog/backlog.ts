import type { Store } from '../store/store.js'
import { consumerLag } from '../events/queries/consumer-lag.js'

// What has been given up waits for a person, and is no work that would be done by itself.
const text = `
  select count(*) filter (where status <> 'compensation-failed')::integer as sagas,
    count(*) filter (where status = 'compensation-failed')::integer as given_up,
    coalesce(max(age) filter (where status <> 'compensation-failed' and age <= $1), 0)::float8 as age_ms,
    pg_total_relation_size('watertight.outbox'::regclass)::float8 as bytes
  from (
    select status, extract(epoch from clock_timestamp() - created_at)::float8 * 1000 as age
    from watertight.saga where ended_at is null
  ) as unfinished`

interface Row {
  readonly sagas: number
  readonly given_up: number
  readonly age_ms: number
  readonly bytes: number
}

/** Work that has been promised and is not done yet. */
export interface Backlog {
  /** Sagas that have not ended, forward or back. */
  readonly sagas: number
  /** Events not handled yet, counted once for each group; those that a broker keeps are left out. */
  readonly events: number
  /** Events among them that have failed, and wait to be tried again. */
  readonly parked: number
  /** How long the oldest has waited, of those that came within `withinMs`. */
  readonly ageMs: number
  readonly outboxBytes: number
  /** Sagas whose compensation has failed, and dead letters: nobody tries them again by himself. */
  readonly givenUp: number
}

/**
 * What waits in a store: for whoever watches that it drains.
 *
 * @throws {StoreError} when the database does not answer
 * @example
 * const store = openStore('pglite:memory')
 * await migrate(store)
 * const { sagas, events } = await backlog(store)
 * console.log(`${sagas} sagas under way, ${events} events to be handled`)
 * await store.close()
 */
export async function backlog(
  store: Store,
  { withinMs = Infinity }: { readonly withinMs?: number } = {},
): Promise<Backlog> {
  const [{ rows }, lags] = await Promise.all([
    store.query<Row>(text, [Math.min(withinMs, Number.MAX_SAFE_INTEGER)]),
    consumerLag(store),
  ])
  const row = rows[0]!
  const sum = (count: (lag: (typeof lags)[number]) => number): number =>
    lags.reduce((total, lag) => total + count(lag), 0)
  const ages = lags.map(({ ageMs }) => ageMs).filter((ageMs) => ageMs <= withinMs)
  return {
    sagas: row.sagas,
    events: sum(({ events }) => events ?? 0),
    parked: sum(({ parked }) => parked),
    ageMs: Math.max(row.age_ms, ...ages),
    outboxBytes: row.bytes,
    givenUp: row.given_up + sum(({ deadLetters }) => deadLetters),
  }
}
