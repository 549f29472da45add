import type { PartitionPosition } from '../../outbox/position.js'
import type { Store } from '../../store/store.js'

// An owner that was lost may have been lost at an event that it tried again: whatever its partition has parked for a further
// try is due at once, since nobody is at it any more.
const text = `
  with taken as (
    update watertight.consumer_lease as lease
    set owner = $3, epoch = lease.epoch + 1, expires_at = now() + $4::float8 * interval '1 millisecond'
    from (
      select partition, owner from watertight.consumer_lease
      where group_name = $1 and topic = $2 and partition = any($5::smallint[])
        and (owner is null or expires_at < now())
      order by partition for update skip locked
    ) as free
    join watertight.consumer_position as position
      on position.group_name = $1 and position.topic = $2 and position.partition = free.partition
    where lease.group_name = $1 and lease.topic = $2 and lease.partition = free.partition
    returning lease.partition::integer as partition, lease.epoch::text as epoch, free.owner is not null as was_lost,
      position.transaction::text as transaction, position.id::text as id
  ), due as (
    update watertight.parked_event as parked set due_at = now()
    from taken
    where parked.group_name = $1 and parked.topic = $2 and parked.partition = taken.partition and taken.was_lost
      and parked.state = 'retry' and parked.due_at > now()
  )
  select partition, epoch, was_lost, transaction, id from taken`

interface Row {
  readonly partition: number
  readonly epoch: string
  readonly was_lost: boolean
  readonly transaction: string
  readonly id: string
}

export interface ClaimedPartition extends PartitionPosition {
  readonly epoch: number
  /** Whether the owner before did not let go of it: it may have been killed by what it was at. */
  readonly wasLost: boolean
}

/** Takes those of `partitions` that are free. What their lost owners were trying again is due from then on. */
export async function claimPartitions(
  store: Store,
  group: string,
  topic: string,
  claim: { readonly member: string; readonly leaseMs: number; readonly partitions: readonly number[] },
): Promise<ClaimedPartition[]> {
  const { rows } = await store.query<Row>(text, [group, topic, claim.member, claim.leaseMs, claim.partitions])
  return rows.map((row) => ({
    partition: row.partition,
    epoch: Number(row.epoch),
    wasLost: row.was_lost,
    transaction: Number(row.transaction),
    id: Number(row.id),
  }))
}
