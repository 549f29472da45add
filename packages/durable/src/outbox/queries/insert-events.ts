import type { EventRow } from '../event-row.js'
import type { Insertion } from '../insertion.js'
import { transactionNumbers } from './transaction-numbers.js'

// Keys are locked in their order, so that two transactions that publish the same keys at once do not wait for one another
// in a circle. An event's id is drawn after the lock on its key, since its row is joined with what the lock returns.
const text = `
  with event as (
    select * from unnest($3::smallint[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::text[], $9::text[],
      $10::text[], $11::text[], $12::text[]) with ordinality
      as e(partition, event_id, key, type, version, subject, occurred_at, trace_parent, trace_state, data, number)
  ), locked as (
    insert into watertight.outbox_key as known (topic, key, transaction)
    select distinct $1, key, ${transactionNumbers.current} from event where key is not null order by key
    on conflict (topic, key) do update set transaction = greatest(known.transaction, excluded.transaction)
    returning key, transaction
  )
  insert into watertight.outbox (topic, partition, transaction, event_id, key, type, version, source, subject,
    occurred_at, trace_parent, trace_state, data)
  select $1, partition, coalesce(locked.transaction, ${transactionNumbers.current}), event_id, key, type, version,
    $2, subject, coalesce(occurred_at::timestamptz, clock_timestamp()), trace_parent, trace_state, data::json
  from event left join locked using (key)
  order by number
  returning transaction::text, id::text, $13::boolean and pg_notify('watertight', $1) is null`

export interface InsertedEvents {
  readonly topic: string
  readonly source: string
  readonly events: readonly EventRow[]
  /** Whether to tell those who listen, at the commit. */
  readonly hint: boolean
}

/** Writes several events. */
export function insertEvents({ topic, source, events, hint }: InsertedEvents): Insertion {
  const column = <Key extends keyof EventRow>(key: Key): EventRow[Key][] => events.map((event) => event[key])
  return {
    text,
    values: [
      topic,
      source,
      column('partition'),
      column('eventId'),
      column('key'),
      column('type'),
      column('version'),
      column('subject'),
      column('occurredAt'),
      column('traceParent'),
      column('traceState'),
      column('data'),
      hint,
    ],
    placesOf: (rows) =>
      (rows as { transaction: string; id: string }[]).map((row) => ({
        transaction: Number(row.transaction),
        id: Number(row.id),
      })),
  }
}
