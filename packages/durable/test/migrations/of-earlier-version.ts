import type { PipeliningTransaction } from '../../src/store/pipelining-transaction.js'
import type { StoreTransaction } from '../../src/store/store.js'

const shift = / \+ \(\s*select case when max\(origin\.xmin[^]*?as origin\)/g

/** The migration from which on a log knows where it comes from. */
const ORIGIN = 6

const ofToday = /^select (?:pg_notify.*, )?watertight\.publish_plain_event\(.*\) as position$/

/** How one event was written before there was a function for it. */
const insertEvent = `
  with locked as (
    insert into watertight.outbox_key as known (topic, key, transaction)
    values ($1, $4, pg_current_xact_id()::text::bigint)
    on conflict (topic, key) do update set transaction = greatest(known.transaction, excluded.transaction)
    returning transaction
  )
  insert into watertight.outbox (topic, partition, transaction, event_id, key, type, version, source, subject, occurred_at,
    data)
  select $1, $2::smallint, transaction, $3, $4, $5, $6::integer, $7, $8, clock_timestamp(), $9::json
  from locked returning transaction || ':' || id as position, pg_notify('watertight', $1)`

/** How it was written by the first such function. */
const publishEvent = `
  select transaction || ':' || id as position
  from watertight.publish_event($1, $2, $3, $4, $5, $6, $7, $8, null, null, null, $9, true)`

/** The migration that brought that function. */
const PUBLISH_EVENT = 7

/** Statements as they were under a migration of an earlier version: what a process of that version sends. */
export function ofEarlierVersion<Database extends StoreTransaction>(
  database: Database,
  number: number,
): Database {
  const published = number < PUBLISH_EVENT ? insertEvent : publishEvent
  const earlier = (text: string): string =>
    (number < ORIGIN ? text.replaceAll(shift, '') : text).replace(ofToday, () => published)
  const query: StoreTransaction['query'] = (text, values) => database.query(earlier(text), values)
  const pipeline: PipeliningTransaction['pipeline'] = (statement) =>
    (database as unknown as PipeliningTransaction).pipeline({ ...statement, text: earlier(statement.text) })
  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'query') return query
      if (name === 'pipeline') return pipeline
      const value: unknown = Reflect.get(target, name)
      if (name !== 'transaction') return typeof value === 'function' ? (value.bind(target) as unknown) : value
      return (work: (transaction: StoreTransaction) => Promise<unknown>, options: unknown) =>
        (value as (...given: unknown[]) => unknown).call(
          target,
          (transaction: StoreTransaction) => work(ofEarlierVersion(transaction, number)),
          options,
        )
    },
  })
}
