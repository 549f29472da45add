import type { Transaction } from '../../store/store.js'
import type { EventRow } from '../event-row.js'
import type { PartitionPosition } from '../position.js'

const text = `
  select * from watertight.publish_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

export interface InsertedEvent {
  readonly topic: string
  readonly source: string
  readonly event: EventRow
  /** Whether to tell those who listen, at the commit. */
  readonly hint: boolean
}

/** Writes one event: what most transactions publish. */
export async function insertEvent(
  transaction: Transaction,
  { topic, source, event, hint }: InsertedEvent,
): Promise<PartitionPosition> {
  const { rows } = await transaction.query(text, [
    topic,
    event.partition,
    event.eventId,
    event.key,
    event.type,
    event.version,
    source,
    event.subject,
    event.occurredAt,
    event.traceParent,
    event.traceState,
    event.data,
    hint,
  ])
  const [row] = rows as { transaction: string; id: string }[]
  return { partition: event.partition, transaction: Number(row?.transaction), id: Number(row?.id) }
}
