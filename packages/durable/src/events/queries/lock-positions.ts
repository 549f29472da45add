import type { PartitionPosition } from '../../outbox/position.js'
import type { StoreTransaction } from '../../store/store.js'

// Leases are read without a lock, since they are renewed meanwhile; the locked position decides.
const text = `
  select position.partition::integer as partition, position.transaction::text as transaction, position.id::text as id,
    exists (
      select from watertight.consumer_lease as lease
      where lease.group_name = $1 and lease.topic = $2 and lease.partition = position.partition and lease.owner = $3
    ) as is_own
  from watertight.consumer_position as position
  where position.group_name = $1 and position.topic = $2 and position.partition = any($4::smallint[])
  order by position.partition for no key update of position`

interface Row {
  readonly partition: number
  readonly transaction: string
  readonly id: string
  readonly is_own: boolean
}

export interface LockedPosition extends PartitionPosition {
  /** Whether the lease is still the member's. */
  readonly isOwn: boolean
}

/** Locks positions until the transaction ends; the first statement of whatever changes what a group has done. */
export async function lockPositions(
  transaction: StoreTransaction,
  group: string,
  topic: string,
  { member, partitions }: { readonly member: string; readonly partitions: readonly number[] },
): Promise<LockedPosition[]> {
  const { rows } = await transaction.query<Row>(text, [group, topic, member, partitions])
  return rows.map((row) => ({
    partition: row.partition,
    transaction: Number(row.transaction),
    id: Number(row.id),
    isOwn: row.is_own,
  }))
}
