import type { Store } from '../../store/store.js'
import { partitionOf } from '../partition-of.js'
import type { PartitionPosition } from '../position.js'

// What is known of a key is forgotten in time, whoever has read its event or not: then it lies among what the group has not read,
// or the group has no need to wait.
const text = `
  with known as (
    select transaction from watertight.outbox_key where topic = $1 and key = $2
  )
  (
    select o.transaction::text as transaction, o.id::text as id
    from known join watertight.outbox as o using (transaction)
    where o.topic = $1 and o.partition = $3 and o.key = $2
    order by o.id desc limit 1
  ) union all (
    select o.transaction::text, o.id::text from watertight.outbox as o
    where not exists (select from known) and o.topic = $1 and o.partition = $3 and o.key = $2
      and (o.transaction, o.id) > (
        select transaction, id from watertight.consumer_position
        where group_name = $4 and topic = $1 and partition = $3
      )
    order by o.transaction desc, o.id desc limit 1
  )`

/** Where the last event of a key stands; undefined when none was published, or a group has come past all of them. */
export async function lastOfKey(
  store: Store,
  topic: string,
  key: string,
  group: string,
): Promise<PartitionPosition | undefined> {
  const partition = partitionOf(key)
  const { rows } = await store.query<{ transaction: string; id: string }>(text, [
    topic,
    key,
    partition,
    group,
  ])
  const [row] = rows
  return row && { partition, transaction: Number(row.transaction), id: Number(row.id) }
}
