import { transactionNumbers } from '../../outbox/queries/transaction-numbers.js'
import type { Store } from '../../store/store.js'

const text = `
  select count(*) > 0 and not bool_or(exists (
    select from watertight.outbox as o
    where o.topic = position.topic and o.partition = position.partition
      and (o.transaction, o.id) > (position.transaction, position.id)
      and o.transaction < ${transactionNumbers.horizon}
  )) as is_done
  from watertight.consumer_position as position where position.group_name = $1 and position.topic = $2`

/** Whether a group has handled everything that can be read at the moment. */
export async function hasCaughtUp(store: Store, group: string, topic: string): Promise<boolean> {
  const { rows } = await store.query<{ is_done: boolean }>(text, [group, topic])
  return rows[0]?.is_done === true
}
