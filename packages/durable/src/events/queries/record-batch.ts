import type { PartitionPosition } from '../../outbox/position.js'
import type { StoreTransaction } from '../../store/store.js'
import type { Topic } from '../../outbox/topic.js'
import { inboxIdOf } from '../inbox-id-of.js'
import type { EventRecord } from '../received-event.js'

const text = `
  with event as (
    select * from unnest($3::smallint[], $4::text[], $5::text[]) as e(partition, event_id, key)
  ), moved as (
    update watertight.consumer_position as position set transaction = target.transaction, id = target.id
    from unnest($6::smallint[], $7::bigint[], $8::bigint[]) as target(partition, transaction, id)
    where position.group_name = $1 and position.topic = $2 and position.partition = target.partition
  ), held as (
    select event_id from event
    where key is not null and exists (
      select from watertight.parked_event as parked
      where parked.group_name = $1 and parked.topic = $2 and parked.partition = event.partition and parked.key = event.key
    )
  ), fresh as (
    insert into watertight.inbox (group_name, topic, event_id)
    select $1, $2, event_id from event where event_id not in (select event_id from held)
    on conflict do nothing
    returning event_id
  )
  select array(select event_id from held) as held, array(select event_id from fresh) as fresh`

export interface RecordedBatch {
  /** Those whose key waits for an earlier event. */
  readonly held: ReadonlySet<string>
  /** Those that the group has not handled yet; whoever handles them takes them out. */
  readonly fresh: Set<string>
}

/** Moves the positions past a batch and takes its events into the inbox, but for those that must wait. */
export async function recordBatch(
  transaction: StoreTransaction,
  group: string,
  topic: Pick<Topic, 'name' | 'source'>,
  {
    events,
    positions,
  }: { readonly events: readonly EventRecord[]; readonly positions: readonly PartitionPosition[] },
): Promise<RecordedBatch> {
  const { rows } = await transaction.query<{ held: string[]; fresh: string[] }>(text, [
    group,
    topic.name,
    events.map(({ partition }) => partition),
    events.map((event) => inboxIdOf(topic, event)),
    events.map(({ key }) => key),
    positions.map(({ partition }) => partition),
    positions.map(({ transaction: number }) => number),
    positions.map(({ id }) => id),
  ])
  return { held: new Set(rows[0]?.held), fresh: new Set(rows[0]?.fresh) }
}
