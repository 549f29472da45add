import type { StoreTransaction } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

const remove = `
  delete from watertight.parked_event
  where group_name = $1 and topic = $2 and partition = $3 and transaction = $4 and id = $5 and attempts = $6
  returning event_id`

const promote = `
  update watertight.parked_event as next set state = 'retry', due_at = now()
  from (
    select transaction, id from watertight.parked_event
    where group_name = $1 and topic = $2 and partition = $3 and key = $4
    order by transaction, id limit 1
  ) as first
  where next.group_name = $1 and next.topic = $2 and next.partition = $3
    and next.transaction = first.transaction and next.id = first.id and next.state = 'waiting'`

const take = `
  insert into watertight.inbox (group_name, topic, event_id) values ($1, $2, $3) on conflict do nothing
  returning event_id`

export interface Unparking {
  readonly event: EventRecord
  /** As many as it was last seen with: another number means that somebody else is at it. */
  readonly attempts: number
}

/** Removes a parked event and makes the next of its key the first; resolves to false when it is no longer there. */
export async function unparkEvent(
  transaction: StoreTransaction,
  group: string,
  topic: string,
  { event, attempts }: Unparking,
): Promise<boolean> {
  const place = [group, topic, event.partition]
  const removed = await transaction.query(remove, [...place, event.transaction, event.id, attempts])
  if (removed.rows.length === 0) return false
  if (event.key !== null) await transaction.query(promote, [...place, event.key])
  return true
}

/** Takes one event into the inbox; resolves to false when the group has handled it before. */
export async function takeEvent(
  transaction: StoreTransaction,
  group: string,
  topic: string,
  eventId: string,
): Promise<boolean> {
  return (await transaction.query(take, [group, topic, eventId])).rows.length > 0
}
