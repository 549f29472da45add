import { countDeleted } from '../../store/count-deleted.js'
import type { Store } from '../../store/store.js'

const text = `
  with deleted as (
    delete from watertight.choreography_step where ctid = any(array(
      select ctid from watertight.choreography_step
      where updated_at < now() - $1::float8 * interval '1 millisecond'
      order by updated_at limit $2
      for update skip locked
    ))
    returning 1
  )
  select count(*)::integer as count from deleted`

export async function deleteSteps(store: Store, ageMs: number, rowsMax: number): Promise<number> {
  return await countDeleted(store, text, [ageMs, rowsMax])
}
