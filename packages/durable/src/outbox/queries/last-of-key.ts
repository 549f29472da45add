import type { Store } from '../../store/store.js'
import { partitionOf } from '../partition-of.js'
import type { PartitionPosition } from '../position.js'

const text = `
  select event.transaction::text as transaction, event.id::text as id
  from watertight.outbox_key as known
  cross join lateral (
    select o.transaction, o.id from watertight.outbox as o
    where o.topic = $1 and o.partition = $3 and o.transaction = known.transaction and o.key = $2
    order by o.id desc limit 1
  ) as event
  where known.topic = $1 and known.key = $2`

/** Where the last event of a key stands; undefined when none was published, or none is kept. */
export async function lastOfKey(
  store: Store,
  topic: string,
  key: string,
): Promise<PartitionPosition | undefined> {
  const partition = partitionOf(key)
  const { rows } = await store.query<{ transaction: string; id: string }>(text, [topic, key, partition])
  const [row] = rows
  return row && { partition, transaction: Number(row.transaction), id: Number(row.id) }
}
