import type { Store } from '../../store/store.js'
import type { DeadLetter, DeadLetterFilter } from '../dead-letter.js'
import type { EventRecord } from '../received-event.js'

const text = `
  select group_name, topic, key, event_id, attempts, error,
    extract(epoch from parked_at)::float8 * 1000 as parked_at, event::text as event,
    (
      select count(*) from watertight.parked_event as later
      where later.group_name = dead.group_name and later.topic = dead.topic and later.partition = dead.partition
        and later.key = dead.key and later.state = 'waiting'
    )::integer as waiting
  from watertight.parked_event as dead
  where state = 'dead' and group_name = coalesce($1, group_name) and topic = coalesce($2, topic)
    and ($3::text is null or key = $3) and event_id = coalesce($4, event_id)
  order by parked_at limit $5`

interface Row {
  readonly group_name: string
  readonly topic: string
  readonly key: string | null
  readonly event_id: string
  readonly attempts: number
  readonly error: string | null
  readonly parked_at: number
  readonly event: string
  readonly waiting: number
}

export async function listDeadLetters(
  store: Store,
  filter: DeadLetterFilter,
  limit: number,
): Promise<DeadLetter[]> {
  const { group = null, topic = null, key = null, eventId = null } = filter
  const { rows } = await store.query<Row>(text, [group, topic, key, eventId, limit])
  return rows.map((row) => {
    const { type, data } = JSON.parse(row.event) as EventRecord
    return {
      group: row.group_name,
      topic: row.topic,
      key: row.key,
      eventId: row.event_id,
      type,
      attempts: row.attempts,
      error: row.error,
      parkedAt: new Date(row.parked_at),
      waiting: row.waiting,
      data: readable(data),
    }
  })
}

/** What others publish may be no JSON, which is why it is dead. */
function readable(data: string): unknown {
  try {
    return JSON.parse(data) as unknown
  } catch {
    return data
  }
}
