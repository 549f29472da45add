import { countDeleted } from '../../store/count-deleted.js'
import type { Store } from '../../store/store.js'

// Names are found by leaping over the index of what has moved, and those of each are read from the oldest.
const text = `
  with recursive known as (
    (select name from watertight.choreography order by name limit 1)
    union all
    select next.name from known cross join lateral (
      select name from watertight.choreography where name > known.name order by name limit 1
    ) as next
  ), deleted as (
    delete from watertight.choreography where ctid = any(array(
      select old.ctid from known cross join lateral (
        select ctid from watertight.choreography as one
        where one.name = known.name and one.moved_at < now() - $1::float8 * interval '1 millisecond'
          and one.status in ('done', 'compensated')
        order by one.moved_at limit $2
        for update skip locked
      ) as old
      limit $2
    ))
    returning 1
  )
  select count(*)::integer as count from deleted`

/** Deletes what a monitor knows of those that have ended and not moved for so long; resolves to how many. */
export async function deleteEndedChoreographies(
  store: Store,
  ageMs: number,
  rowsMax: number,
): Promise<number> {
  return await countDeleted(store, text, [ageMs, rowsMax])
}
