import type { Store } from '../../store/store.js'

// Counting goes no further than the limit, in each partition: a lag of millions is told as "at least".
const text = `
  select position.group_name, position.topic, sum(behind.count)::integer as events,
    coalesce(max(extract(epoch from now() - behind.oldest))::float8 * 1000, 0) as age_ms,
    coalesce(max(parked.waiting), 0)::integer as parked, coalesce(max(parked.dead), 0)::integer as dead
  from watertight.consumer_position as position
  cross join lateral (
    select count(*) as count, min(occurred_at) as oldest from (
      select occurred_at from watertight.outbox
      where topic = position.topic and partition = position.partition
        and (transaction, id) > (position.transaction, position.id)
      order by transaction, id limit $1
    ) as next
  ) as behind
  left join lateral (
    select count(*) filter (where state <> 'dead') as waiting, count(*) filter (where state = 'dead') as dead
    from watertight.parked_event
    where group_name = position.group_name and topic = position.topic
  ) as parked on true
  group by position.group_name, position.topic order by position.group_name, position.topic`

const COUNT_MAX = 10_000

interface Row {
  readonly group_name: string
  readonly topic: string
  readonly events: number
  readonly age_ms: number
  readonly parked: number
  readonly dead: number
}

export interface ConsumerLag {
  readonly group: string
  readonly topic: string
  /** Events published and not handled yet; counted up to 10,000 in each of the partitions. */
  readonly events: number
  /** How long the oldest of them has waited. */
  readonly ageMs: number
  /** Events set aside to be tried again, or behind one that is. */
  readonly parked: number
  readonly deadLetters: number
}

/** How far each group is behind. */
export async function consumerLag(store: Store): Promise<ConsumerLag[]> {
  const { rows } = await store.query<Row>(text, [COUNT_MAX])
  return rows.map((row) => ({
    group: row.group_name,
    topic: row.topic,
    events: row.events,
    ageMs: row.age_ms,
    parked: row.parked,
    deadLetters: row.dead,
  }))
}
