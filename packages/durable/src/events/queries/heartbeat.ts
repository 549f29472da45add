import type { Store } from '../../store/store.js'
import type { PartitionLease } from '../decisions/assign-partitions.js'

const text = `
  with beat as (
    insert into watertight.consumer_member (group_name, topic, member, expires_at)
    values ($1, $2, $3, now() + $4::float8 * interval '1 millisecond')
    on conflict (group_name, topic, member) do update set expires_at = excluded.expires_at
  ), renewed as (
    update watertight.consumer_lease set expires_at = now() + $4::float8 * interval '1 millisecond'
    where group_name = $1 and topic = $2 and owner = $3
  ), gone as (
    delete from watertight.consumer_member
    where group_name = $1 and topic = $2 and member <> $3 and expires_at < now()
  )
  select
    array(
      select member from watertight.consumer_member where group_name = $1 and topic = $2 and expires_at >= now()
    ) as members,
    array(
      select partition::text || ' ' || epoch || ' ' ||
        case when owner = $3 or expires_at >= now() then coalesce(owner, '') else '' end
      from watertight.consumer_lease where group_name = $1 and topic = $2 order by partition
    ) as leases`

export interface HeartbeatView {
  readonly members: readonly string[]
  readonly leases: readonly (PartitionLease & { readonly epoch: number })[]
}

/** Tells that a member is alive, renews its leases, and resolves to how the group stands. */
export async function heartbeat(
  store: Store,
  group: string,
  topic: string,
  { member, leaseMs }: { readonly member: string; readonly leaseMs: number },
): Promise<HeartbeatView> {
  const { rows } = await store.query<{ members: string[]; leases: string[] }>(text, [
    group,
    topic,
    member,
    leaseMs,
  ])
  const { members = [], leases = [] } = rows[0] ?? {}
  return {
    members,
    leases: leases.map((lease) => {
      const [partition, epoch, owner = ''] = lease.split(' ')
      return { partition: Number(partition), epoch: Number(epoch), owner: owner === '' ? null : owner }
    }),
  }
}
