import type { Store } from '../../store/store.js'

const statement = `
  with orphan as (
    select saga.id from watertight.saga as saga
    where saga.owner is not null and saga.owner <> $1 and not exists (
      select from watertight.saga_worker as worker where worker.id = saga.owner and worker.lease_until > now())
    order by saga.owner
    limit $3
    for update skip locked
  )
  update watertight.saga as saga
  set owner = null, epoch = saga.epoch + 1, due_at = now(), waits_for = $2
  from orphan where saga.id = orphan.id
  returning saga.id`

/** Frees sagas of workers whose lease has ended, up to `limit`; from then on nothing that such a worker writes is taken. */
export async function releaseOrphans(
  store: Store,
  { worker, waitsFor, limit }: { worker: string; waitsFor: string; limit: number },
): Promise<number> {
  return (await store.query(statement, [worker, waitsFor, limit])).rows.length
}
