import type { Store } from '../../store/store.js'

const text = `
  select count(*) > 0 and not bool_or(exists (
    select from watertight.outbox as o
    where o.topic = position.topic and o.partition = position.partition
      and (o.transaction, o.id) > (position.transaction, position.id)
      and o.transaction < $3::bigint
  )) as is_done
  from watertight.consumer_position as position where position.group_name = $1 and position.topic = $2`

/** Whether a group has handled everything that was published by transactions before `horizon`. */
export async function hasHandled(
  store: Store,
  group: string,
  topic: string,
  horizon: number,
): Promise<boolean> {
  const { rows } = await store.query<{ is_done: boolean }>(text, [group, topic, horizon])
  return rows[0]?.is_done === true
}
