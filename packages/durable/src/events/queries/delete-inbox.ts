import { countDeleted } from '../../store/count-deleted.js'
import type { Store } from '../../store/store.js'

const text = `
  with deleted as (
    delete from watertight.inbox where ctid = any(array(
      select ctid from watertight.inbox
      where received_at < now() - $1::float8 * interval '1 millisecond'
      order by received_at limit $2
    ))
    returning 1
  )
  select count(*)::integer as count from deleted`

export async function deleteInbox(store: Store, ageMs: number, rowsMax: number): Promise<number> {
  return await countDeleted(store, text, [ageMs, rowsMax])
}
