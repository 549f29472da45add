import type { StoreTransaction } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

const remove = `
  delete from watertight.parked_event as parked
  using unnest($4::bigint[], $5::bigint[]) as event(transaction, id)
  where parked.group_name = $1 and parked.topic = $2 and parked.partition = $3
    and parked.transaction = event.transaction and parked.id = event.id and parked.attempts = $6
  returning parked.event_id`

const promote = `
  update watertight.parked_event as next set state = 'retry', due_at = now()
  from (
    select transaction, id from watertight.parked_event
    where group_name = $1 and topic = $2 and partition = $3 and key = $4
    order by transaction, id limit 1
  ) as first
  where next.group_name = $1 and next.topic = $2 and next.partition = $3
    and next.transaction = first.transaction and next.id = first.id and next.state = 'waiting'
  returning next.event_id`

const take = `
  insert into watertight.inbox (group_name, topic, event_id) select $1, $2, unnest($3::text[]) on conflict do nothing
  returning event_id`

export interface Unparking {
  /** The first of a key, and those that come next. */
  readonly events: readonly EventRecord[]
  /** As many as each was last seen with: another number means that somebody else is at it. */
  readonly attempts: number
}

export interface Unparked {
  /** Whether they were all there: else the transaction must change nothing. */
  readonly wereThere: boolean
  /** Whether one of the key has waited for them, and is due now. */
  readonly hasNext: boolean
}

/** Removes parked events of one key and makes the next of the key the first. */
export async function unparkEvents(
  transaction: StoreTransaction,
  group: string,
  topic: string,
  { events, attempts }: Unparking,
): Promise<Unparked> {
  const [{ partition, key }] = events as [EventRecord]
  const place = [group, topic, partition]
  const numbers = events.map((event) => event.transaction)
  const removed = await transaction.query(remove, [...place, numbers, events.map(({ id }) => id), attempts])
  if (removed.rows.length < events.length) return { wereThere: false, hasNext: false }
  if (key === null) return { wereThere: true, hasNext: false }
  const promoted = await transaction.query(promote, [...place, key])
  return { wereThere: true, hasNext: promoted.rows.length > 0 }
}

/** Takes events into the inbox; resolves to those that the group has not handled before. */
export async function takeEvents(
  transaction: StoreTransaction,
  group: string,
  topic: string,
  eventIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await transaction.query<{ event_id: string }>(take, [group, topic, eventIds])
  return new Set(rows.map(({ event_id: id }) => id))
}
