import type { PartitionPosition } from '../../outbox/position.js'
import type { Store } from '../../store/store.js'

const text = `
  select partition::integer as partition, transaction::text as transaction, id::text as id
  from watertight.consumer_position where group_name = $1 and topic = $2`

export async function groupPositions(
  store: Store,
  group: string,
  topic: string,
): Promise<PartitionPosition[]> {
  const { rows } = await store.query<{ partition: number; transaction: string; id: string }>(text, [
    group,
    topic,
  ])
  return rows.map((row) => ({
    partition: row.partition,
    transaction: Number(row.transaction),
    id: Number(row.id),
  }))
}
