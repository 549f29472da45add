import { publishedAt } from '../../outbox/queries/published-at.js'
import type { Store } from '../../store/store.js'

export interface PublishedEvent {
  readonly topic: string
  readonly partition: number
  readonly eventId: string
  readonly key: string | null
  readonly type: string
  readonly version: number
  readonly source: string
  readonly time: Date
  readonly data: unknown
}

const text = `
  select topic, partition::integer as partition, event_id as "eventId", key, type, version, source,
    occurred_at as time, data
  from watertight.outbox
  where $1::text is null or topic = $1
  order by ${publishedAt} desc, transaction desc, id desc
  limit $2::integer`

/** The events that were published last, the newest first. */
export async function listEvents(
  store: Store,
  topic: string | undefined,
  limit: number,
): Promise<PublishedEvent[]> {
  return (await store.query<PublishedEvent>(text, [topic ?? null, limit])).rows
}
