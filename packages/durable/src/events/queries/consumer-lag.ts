import type { Broker } from '../../brokers/broker.js'
import { KAFKA } from '../../brokers/kafka/kafka-position.js'
import { publishedAt } from '../../outbox/queries/published-at.js'
import type { Store } from '../../store/store.js'

// Counting goes no further than the limit, in each partition: a lag of millions is reported as "at least".
const text = `
  select position.group_name, position.topic, sum(behind.count)::integer as events,
    bool_or(position.transaction = $2) as is_on_kafka, array_agg(position.partition::integer) as partitions,
    array_agg(position.transaction::text) as transactions, array_agg(position.id::text) as ids,
    coalesce(max(extract(epoch from now() - behind.oldest))::float8 * 1000, 0) as age_ms,
    coalesce(max(parked.waiting), 0)::integer as parked, coalesce(max(parked.dead), 0)::integer as dead
  from watertight.consumer_position as position
  cross join lateral (
    select count(*) as count, min(published_at) as oldest from (
      select ${publishedAt} as published_at from watertight.outbox
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
  readonly is_on_kafka: boolean
  readonly partitions: number[]
  readonly transactions: string[]
  readonly ids: string[]
  readonly age_ms: number
  readonly parked: number
  readonly dead: number
}

export interface ConsumerLag {
  readonly group: string
  readonly topic: string
  /**
   * Events published and not handled yet; counted up to 10,000 in each of the partitions. Null for a group that reads from
   * Kafka, when that was not asked.
   */
  readonly events: number | null
  /** How long the oldest of them has waited. */
  readonly ageMs: number
  /** Events set aside to be tried again, or behind one that is. */
  readonly parked: number
  readonly deadLetters: number
}

/** How far each group is behind; those that read from Kafka by what `broker` says. */
export async function consumerLag(store: Store, broker?: Broker): Promise<ConsumerLag[]> {
  const { rows } = await store.query<Row>(text, [COUNT_MAX, KAFKA])
  const lags: ConsumerLag[] = []
  for (const row of rows) {
    const events = row.is_on_kafka ? await countOnBroker(row, broker) : row.events
    const { group_name: group, topic, age_ms: ageMs, parked, dead: deadLetters } = row
    lags.push({ group, topic, events, ageMs, parked, deadLetters })
  }
  return lags
}

async function countOnBroker(row: Row, broker: Broker | undefined): Promise<number | null> {
  if (broker?.kind !== 'kafka') return null
  const log = broker.log(row.topic)
  try {
    return await log.countAfter(
      row.partitions.map((partition, index) => ({
        partition,
        transaction: Number(row.transactions[index]),
        id: Number(row.ids[index]),
      })),
    )
  } finally {
    await log.close()
  }
}
