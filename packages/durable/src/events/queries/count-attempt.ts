import type { Position } from '../../outbox/position.js'
import type { Store } from '../../store/store.js'

// It has to survive this process, not the database: nothing waits for the disk.
const text = `
  update watertight.consumer_lease
  set attempts = case when attempted_transaction = $5 and attempted_id = $6 then attempts + 1 else 1 end,
    attempted_transaction = $5, attempted_id = $6
  from (select set_config('synchronous_commit', 'off', true)) as quick
  where group_name = $1 and topic = $2 and partition = $3 and owner = $4
  returning attempts`

/** Counts that an attempt at an event starts; resolves to its number, or undefined when the partition is no longer own. */
export async function countAttempt(
  store: Store,
  group: string,
  topic: string,
  {
    member,
    partition,
    position,
  }: { readonly member: string; readonly partition: number; readonly position: Position },
): Promise<number | undefined> {
  const { transaction, id } = position
  const values = [group, topic, partition, member, transaction, id]
  const { rows } = await store.query<{ attempts: number }>(text, values)
  return rows[0]?.attempts
}
