import type { Store } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

// Due again when the attempt can no longer be running, or when another takes the partition of an owner that was lost.
const text = `
  update watertight.parked_event
  set attempts = attempts + 1, due_at = now() + $7::float8 * interval '1 millisecond'
  from (select set_config('synchronous_commit', 'off', true)) as quick
  where group_name = $1 and topic = $2 and partition = $3 and transaction = $4 and id = $5 and attempts = $6
    and state = 'retry'
  returning attempts`

/** Counts that a further attempt starts; resolves to false when somebody else has started one, or it is gone. */
export async function startRetry(
  store: Store,
  group: string,
  topic: string,
  retry: { readonly event: EventRecord; readonly attempts: number; readonly deadlineMs: number },
): Promise<boolean> {
  const { partition, transaction, id } = retry.event
  const values = [group, topic, partition, transaction, id, retry.attempts, retry.deadlineMs]
  return (await store.query(text, values)).rows.length > 0
}
