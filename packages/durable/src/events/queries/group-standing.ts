import type { PartitionPosition } from '../../outbox/position.js'
import type { Store } from '../../store/store.js'

const text = `
  select lease.owner is not null and lease.expires_at >= now() as "isHeld",
    to_char(lease.expires_at at time zone 'UTC', 'HH24:MI:SS"Z"') as until,
    (
      select count(*) from (
        select from watertight.outbox as event
        where event.topic = $2 and event.partition = $3 and (event.transaction, event.id) <= ($4, $5)
          and (event.transaction, event.id) > (position.transaction, position.id)
        limit 10000
      ) as before
    )::integer as behind
  from watertight.consumer_position as position
  left join watertight.consumer_lease as lease using (group_name, topic, partition)
  where group_name = $1 and topic = $2 and partition = $3`

export interface GroupStanding {
  /** Whether a member that is at work, or is gone without a word, has the partition. */
  readonly isHeld: boolean
  /** Until when, unless that is renewed. */
  readonly until: string
  /** How many events there are up to the one in question, as far as 10,000. */
  readonly behind: number
}

/** How a group stands in front of an event; undefined when it has no position in that partition. */
export async function groupStanding(
  store: Store,
  group: string,
  topic: string,
  { partition, transaction, id }: PartitionPosition,
): Promise<GroupStanding | undefined> {
  return (await store.query<GroupStanding>(text, [group, topic, partition, transaction, id])).rows[0]
}
