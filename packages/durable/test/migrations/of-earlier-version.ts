import type { StoreTransaction } from '../../src/store/store.js'

const shift = / \+ \(\s*select case when max\(origin\.xmin[^]*?as origin\)/g

const publishEvent = /^\s*select \* from watertight\.publish_event\(.*\)$/

/** How one event was written before there was a function for it. */
const insertEvent = `
  with locked as (
    insert into watertight.outbox_key as known (topic, key, transaction)
    values ($1, $4, pg_current_xact_id()::text::bigint)
    on conflict (topic, key) do update set transaction = greatest(known.transaction, excluded.transaction)
    returning transaction
  )
  insert into watertight.outbox (topic, partition, transaction, event_id, key, type, version, source, subject, occurred_at,
    trace_parent, trace_state, data)
  select $1, $2::smallint, transaction, $3, $4, $5, $6::integer, $7, $8, coalesce($9::timestamptz, clock_timestamp()), $10,
    $11, $12::json
  from locked returning transaction::text, id::text, $13::boolean and pg_notify('watertight', $1) is null`

/** Statements as they were before a log knew where it comes from and had functions: what a process of an earlier version sends. */
export function ofEarlierVersion<Database extends StoreTransaction>(database: Database): Database {
  const query: StoreTransaction['query'] = (text, values) =>
    database.query(
      text.replaceAll(shift, '').replace(publishEvent, insertEvent.replaceAll('$', '$$$$')),
      values,
    )
  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'query') return query
      const value: unknown = Reflect.get(target, name)
      if (name !== 'transaction') return typeof value === 'function' ? (value.bind(target) as unknown) : value
      return (work: (transaction: StoreTransaction) => Promise<unknown>, options: unknown) =>
        (value as (...given: unknown[]) => unknown).call(
          target,
          (transaction: StoreTransaction) => work(ofEarlierVersion(transaction)),
          options,
        )
    },
  })
}
