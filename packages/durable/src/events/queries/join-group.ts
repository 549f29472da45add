import type { PartitionPosition } from '../../outbox/position.js'
import type { StoreTransaction } from '../../store/store.js'

const positions = `
  insert into watertight.consumer_position (group_name, topic, partition, transaction, id)
  select $1, $2, start.* from unnest($3::smallint[], $4::bigint[], $5::bigint[]) as start(partition, transaction, id)
  on conflict do nothing`

const leases = `
  insert into watertight.consumer_lease (group_name, topic, partition)
  select $1, $2, partition from unnest($3::smallint[]) as partition
  on conflict do nothing`

/** Makes the rows of partitions that the group does not have yet; changes nothing of those that it has. */
export async function joinGroup(
  store: StoreTransaction,
  group: string,
  topic: string,
  start: readonly PartitionPosition[],
): Promise<void> {
  const partitions = start.map(({ partition }) => partition)
  const transactions = start.map(({ transaction }) => transaction)
  await store.query(positions, [group, topic, partitions, transactions, start.map(({ id }) => id)])
  await store.query(leases, [group, topic, partitions])
}
