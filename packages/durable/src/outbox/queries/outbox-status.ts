import type { Store } from '../../store/store.js'
import { publishedAt } from './published-at.js'
import { transactionNumbers } from './transaction-numbers.js'

// The size is what the database believes, since counting would read it all.
// The oldest event, and the oldest one that nobody reads yet, are found by leaping from partition to partition over the primary key.
// Of the transactions of other roles, and of one that was prepared and left, the database tells nothing to a role like any
// other: how long they hold events back shows in these.
const text = `
  with recursive head as (
    (select topic, partition, ${publishedAt} as published_at from watertight.outbox order by topic, partition, transaction, id limit 1)
    union all
    select next.* from head cross join lateral (
      select topic, partition, ${publishedAt} as published_at from watertight.outbox
      where (topic, partition) > (head.topic, head.partition)
      order by topic, partition, transaction, id limit 1
    ) as next
  )
  select greatest(0, c.reltuples)::float8 as events, pg_total_relation_size(c.oid)::float8 as bytes,
    (select extract(epoch from now() - min(published_at))::float8 * 1000 from head) as age_ms,
    extract(epoch from clock_timestamp() - least(
      (select min(xact_start) from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()),
      (
        select min(held.since) from head cross join lateral (
          select ${publishedAt} as since from watertight.outbox
          where (topic, partition) = (head.topic, head.partition)
            and transaction >= ${transactionNumbers.horizon}
          order by transaction, id limit 1
        ) as held
      )
    ))::float8 * 1000 as held_back_ms
  from pg_class c where c.oid = 'watertight.outbox'::regclass`

export interface OutboxStatus {
  /** About how many events are kept; 0 until the database has looked at the table. */
  readonly events: number
  readonly bytes: number
  /** How long ago the oldest event that is kept was published. */
  readonly ageMs: number
  /** How long the oldest transaction that writes, or an event that waits for it, is there: nothing published since is read before it ends. */
  readonly heldBackMs: number
}

/** What the outbox holds, and what holds it back. */
export async function outboxStatus(store: Store): Promise<OutboxStatus> {
  const { rows } = await store.query<{
    events: number
    bytes: number
    age_ms: number | null
    held_back_ms: number | null
  }>(text)
  const [row] = rows
  return {
    events: row?.events ?? 0,
    bytes: row?.bytes ?? 0,
    ageMs: row?.age_ms ?? 0,
    heldBackMs: row?.held_back_ms ?? 0,
  }
}
