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

/** How new sagas were written before there was a function for it. */
const insertSagas = `
  insert into watertight.saga (id, name, version, key, parent, status, state, owner, waits_for, due_at, ended_at)
  select id, name, version, key, parent, status, state, owner, "waitsFor",
    case when owner is null and status in ('running', 'compensating')
      then case when "waitsFor" = 'timers and signals' then now() else now() - interval '3153600000 seconds' end end,
    case when status in ('done', 'compensated') then now() end
  from json_to_recordset($2::text::json) as new (
    id text, name text, version integer, key text, parent text, status text, state json, owner uuid, "waitsFor" text)
  on conflict (id) do nothing
  returning id`

/** How it was written what sagas have come to. */
const updateSagas = `
  update watertight.saga as saga set
    version = new.version, status = new.status, state = new.state, revision = saga.revision + 1,
    owner = case when new.kept then saga.owner end, waits_for = coalesce(new."waitsFor", saga.waits_for),
    due_at = case
      when cardinality(saga.requests) > new.consumed then least(now(), to_timestamp(new."dueAt" / 1000.0))
      else to_timestamp(new."dueAt" / 1000.0) end,
    requests = saga.requests[new.consumed + 1 :], updated_at = now(),
    ended_at = case when new.ended then coalesce(saga.ended_at, now()) end
  from json_to_recordset($1::text::json) as new (
    id text, version integer, epoch integer, revision integer, status text, state json, kept boolean, ended boolean,
    "dueAt" double precision, "waitsFor" text, consumed integer)
  where saga.id = new.id and saga.epoch = new.epoch and saga.revision = new.revision
  returning saga.id, saga.epoch`

/** The migration that brought that function. */
const WRITE_SAGAS = 10

const writeSagas = `
  with written as (${updateSagas}), started as (${insertSagas}),
  taken as (select id, epoch from written union all select id, null from started)
  select case when count(*) <> $3::integer then coalesce(json_agg(taken), '[]')::text end as taken from taken`

/** The values of that function, as the statement before it had them: states within their rows. */
function writtenSagas([records, recordStates, starts, startStates, expected]: readonly unknown[]): unknown[] {
  return [
    withStates(records as string, recordStates as string),
    withStates(starts as string, startStates as string),
    expected,
  ]
}

function withStates(rows: string, states: string): string {
  const lines = states.split('\n')
  return JSON.stringify(
    (JSON.parse(rows) as object[]).map((row, index) => ({
      ...row,
      state: JSON.parse(lines[index]!) as unknown,
    })),
  )
}

/** Statements as they were under a migration of an earlier version: what a process of that version sends. */
export function ofEarlierVersion<Database extends StoreTransaction>(
  database: Database,
  number: number,
): Database {
  const published = number < PUBLISH_EVENT ? insertEvent : publishEvent
  const earlier = (text: string): string =>
    (number < ORIGIN ? text.replaceAll(shift, '') : text).replace(ofToday, () => published)
  const query: StoreTransaction['query'] = (text, values) =>
    number < WRITE_SAGAS && text.startsWith('select watertight.write_sagas(')
      ? database.query(writeSagas, writtenSagas(values!))
      : database.query(earlier(text), values)
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
