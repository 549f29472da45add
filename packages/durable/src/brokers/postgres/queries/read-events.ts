import type { PartitionPosition } from '../../../outbox/position.js'
import { transactionNumbers } from '../../../outbox/queries/transaction-numbers.js'
import type { Store } from '../../../store/store.js'
import type { EventRecord } from '../../../events/received-event.js'

// Below the horizon no transaction runs any more: whatever it has written is there to be read. Positions move past rows
// only by their order, so none that becomes visible later can lie behind one.
const text = `
  select event.*
  from unnest($2::integer[], $3::bigint[], $4::bigint[]) with ordinality
    as position(partition, transaction, id, number)
  cross join lateral (
    select o.partition::integer as partition, o.transaction::text as transaction, o.id::text as id, event_id, key, type,
      version, source, subject,
      to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at,
      trace_parent, trace_state, data::text as data
    from watertight.outbox o
    where o.topic = $1 and o.partition = position.partition
      and (o.transaction, o.id) > (position.transaction, position.id)
      and o.transaction < ${transactionNumbers.horizon}
    order by o.transaction, o.id
    limit $5
  ) event
  limit $5`

interface Row {
  readonly partition: number
  readonly transaction: string
  readonly id: string
  readonly event_id: string
  readonly key: string | null
  readonly type: string
  readonly version: number
  readonly source: string
  readonly subject: string | null
  readonly occurred_at: string
  readonly trace_parent: string | null
  readonly trace_state: string | null
  readonly data: string
}

/** Up to `limit` events after the positions, from the first partition on, in the order of each partition. */
export async function readEvents(
  store: Store,
  topic: string,
  positions: readonly PartitionPosition[],
  limit: number,
): Promise<EventRecord[]> {
  const { rows } = await store.query<Row>(text, [
    topic,
    positions.map(({ partition }) => partition),
    positions.map(({ transaction }) => transaction),
    positions.map(({ id }) => id),
    limit,
  ])
  return rows.map((row) => ({
    partition: row.partition,
    transaction: Number(row.transaction),
    id: Number(row.id),
    eventId: row.event_id,
    key: row.key,
    type: row.type,
    version: row.version,
    source: row.source,
    subject: row.subject,
    time: row.occurred_at,
    traceParent: row.trace_parent,
    traceState: row.trace_state,
    data: row.data,
  }))
}
