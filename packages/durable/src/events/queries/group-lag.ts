import type { Store } from '../../store/store.js'

/** How far a group of consumers is behind. */
export interface GroupLag {
  readonly group: string
  readonly topic: string
  /** Events that it has not handled, up to 100,000 of each partition; those that are parked not among them. */
  readonly behind: number
  /** When the oldest of them was published; null where there is none. */
  readonly oldestAt: Date | null
  /** Events that are to be tried again, and those of their keys that wait for them. */
  readonly retrying: number
  /** Events that failed as often as they may. */
  readonly dead: number
}

const text = `
  select position.group_name as "group", position.topic, sum(rest.count)::integer as behind,
    min(rest.oldest_at) as "oldestAt", max(parked.retrying)::integer as retrying, max(parked.dead)::integer as dead
  from watertight.consumer_position position
  cross join lateral (
    select count(*) as count, min(occurred_at) as oldest_at
    from (
      select occurred_at from watertight.outbox event
      where event.topic = position.topic and event.partition = position.partition
        and (event.transaction, event.id) > (position.transaction, position.id)
      limit 100000
    ) unread
  ) rest
  cross join lateral (
    select count(*) filter (where state in ('retry', 'waiting')) as retrying,
      count(*) filter (where state = 'dead') as dead
    from watertight.parked_event event
    where event.group_name = position.group_name and event.topic = position.topic
  ) parked
  where ($1::text is null or position.group_name = $1) and ($2::text is null or position.topic = $2)
  group by position.group_name, position.topic
  order by 1, 2`

export async function groupLag(
  store: Store,
  group: string | undefined,
  topic: string | undefined,
): Promise<GroupLag[]> {
  return (await store.query<GroupLag>(text, [group ?? null, topic ?? null])).rows
}
