import type { Store } from '../../store/store.js'
import type { DeadLetterFilter } from '../dead-letter.js'

const text = `
  update watertight.parked_event
  set state = $5, due_at = now(), attempts = case when $5 = 'retry' then 0 else attempts end
  where state = 'dead' and group_name = coalesce($1, group_name) and topic = coalesce($2, topic)
    and ($3::text is null or key = $3) and event_id = coalesce($4, event_id)
  returning event_id`

/** Only says what is to become of them: the owner of the partition does it, in its turn. */
export async function decideDeadLetters(
  store: Store,
  { group, topic, key, eventId }: DeadLetterFilter,
  state: 'retry' | 'discard',
): Promise<number> {
  const values = [group ?? null, topic ?? null, key ?? null, eventId ?? null, state]
  return (await store.query(text, values)).rows.length
}
