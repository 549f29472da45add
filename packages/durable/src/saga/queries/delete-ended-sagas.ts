import type { Store } from '../../store/store.js'

// Rows go by where they lie: asked for by id, the database would read the whole table for them.
// A child stays for as long as its parent may have to undo it: a parent that missed it would take it for never begun.
const statement = `
  delete from watertight.saga where ctid = any(array(
    select saga.ctid from watertight.saga as saga
    where saga.ended_at < now() - $1 * interval '1 millisecond' and saga.due_at is null and not exists (
      select from watertight.saga as parent where parent.id = saga.parent and parent.ended_at is null)
    order by saga.ended_at
    limit $2
    for update skip locked))
  returning id`

/** Deletes sagas that ended longer ago, at most `limit`; resolves to how many. Those that are parked have not ended. */
export async function deleteEndedSagas(store: Store, olderThanMs: number, limit: number): Promise<number> {
  return (await store.query(statement, [olderThanMs, limit])).rows.length
}
