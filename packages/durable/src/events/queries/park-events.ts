import type { StoreTransaction } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

const text = `
  insert into watertight.parked_event (group_name, topic, partition, transaction, id, event_id, key, state, attempts,
    due_at, error, event)
  select $1, $2, e.partition, e.transaction, e.id, e.event_id, e.key,
    case when exists (
      select from watertight.parked_event as earlier
      where earlier.group_name = $1 and earlier.topic = $2 and earlier.partition = e.partition and earlier.key = e.key
    ) then 'waiting' else $9 end, $10,
    now() + $11::float8 * interval '1 millisecond', $12, e.event::json
  from unnest($3::smallint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[])
    as e(partition, transaction, id, event_id, key, event)
  on conflict do nothing`

export interface Parking {
  readonly events: readonly EventRecord[]
  readonly state: 'retry' | 'dead' | 'waiting'
  readonly attempts: number
  readonly delayMs: number
  readonly error: string | null
}

/** Puts events aside: one that failed, or the later ones of its key. */
export async function parkEvents(
  transaction: StoreTransaction,
  group: string,
  topic: string,
  { events, state, attempts, delayMs, error }: Parking,
): Promise<void> {
  await transaction.query(text, [
    group,
    topic,
    events.map(({ partition }) => partition),
    events.map(({ transaction: number }) => number),
    events.map(({ id }) => id),
    events.map(({ eventId }) => eventId),
    events.map(({ key }) => key),
    events.map((event) => JSON.stringify(event)),
    state,
    attempts,
    delayMs,
    error,
  ])
}
