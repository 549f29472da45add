import { PARTITIONS } from '../../outbox/partition-of.js'
import type { Store } from '../../store/store.js'

// From the end: below the horizon, since what runs now may still publish.
const positions = `
  insert into watertight.consumer_position (group_name, topic, partition, transaction, id)
  select $1, $2, partition,
    case when $4::boolean then pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 else 0 end,
    case when $4::boolean then 9007199254740991 else 0 end
  from generate_series(0, $3::integer - 1) as partition
  on conflict do nothing`

const leases = `
  insert into watertight.consumer_lease (group_name, topic, partition)
  select $1, $2, partition from generate_series(0, $3::integer - 1) as partition
  on conflict do nothing`

/** Makes the rows of a group that does not exist yet; changes nothing of one that does. */
export async function joinGroup(
  store: Store,
  group: string,
  topic: string,
  startAt: 'first' | 'next',
): Promise<void> {
  await store.query(positions, [group, topic, PARTITIONS, startAt === 'next'])
  await store.query(leases, [group, topic, PARTITIONS])
}
