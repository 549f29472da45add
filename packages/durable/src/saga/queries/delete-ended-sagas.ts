import type { Store } from '../../store/store.js'

// Rows go by where they lie: asked for by id, the database would read the whole table for them.
// A child stays for as long as a saga above it, however far, may have it undone: one that was missed is taken for never begun.
const statement = `
  delete from watertight.saga where ctid = any(array(
    select saga.ctid from watertight.saga as saga
    where saga.ended_at < now() - $1 * interval '1 millisecond' and saga.due_at is null and not exists (
      with recursive above (parent, ended_at) as (
        select parent.parent, parent.ended_at from watertight.saga as parent where parent.id = saga.parent
        union all
        select parent.parent, parent.ended_at from above join watertight.saga as parent on parent.id = above.parent)
      select from above where ended_at is null)
    order by saga.ended_at
    limit $2
    for update skip locked))
  returning id`

/** Deletes sagas that ended longer ago, at most `limit`; resolves to how many. Those that are parked have not ended. */
export async function deleteEndedSagas(store: Store, olderThanMs: number, limit: number): Promise<number> {
  return (await store.query(statement, [olderThanMs, limit])).rows.length
}
