import type { PartitionPosition } from '../../../outbox/position.js'
import type { Store } from '../../../store/store.js'

const text = `
  select count(*)::integer as count
  from unnest($2::integer[], $3::bigint[], $4::bigint[]) as position(partition, transaction, id)
  cross join lateral (
    select from watertight.outbox o
    where o.topic = $1 and o.partition = position.partition
      and (o.transaction, o.id) > (position.transaction, position.id)
    limit 10000
  ) as event`

/** How many events lie after the positions; counted up to 10,000 in each partition. */
export async function countEvents(
  store: Store,
  topic: string,
  positions: readonly PartitionPosition[],
): Promise<number> {
  const { rows } = await store.query<{ count: number }>(text, [
    topic,
    positions.map(({ partition }) => partition),
    positions.map(({ transaction }) => transaction),
    positions.map(({ id }) => id),
  ])
  return rows[0]?.count ?? 0
}
