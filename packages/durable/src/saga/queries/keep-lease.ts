import type { Store, Transaction } from '../../store/store.js'

const keep = `
  insert into watertight.saga_worker as worker (id, lease_until)
  values ($1, clock_timestamp() + $2 * interval '1 millisecond')
  on conflict (id) do update set lease_until = excluded.lease_until
  returning extract(epoch from clock_timestamp())::double precision * 1000 as now`

/** Begins or prolongs the lease of a worker; resolves to the time of the database, in ms since the Unix epoch. */
export async function keepLease(store: Store, worker: string, leaseMs: number): Promise<number> {
  const { rows } = await store.query<{ now: number }>(keep, [worker, leaseMs])
  return rows[0]?.now ?? Number.NaN
}

/** The time of the database, in ms since the Unix epoch. */
export async function databaseNow(store: Transaction): Promise<number> {
  const { rows } = await store.query(
    'select extract(epoch from clock_timestamp())::double precision * 1000 as now',
  )
  return (rows as { now: number }[])[0]?.now ?? Number.NaN
}

const end = `
  with gone as (
    delete from watertight.saga_worker where id = $1 or lease_until < now() - interval '1 day')
  update watertight.saga set owner = null, epoch = epoch + 1, due_at = now(), waits_for = $2
  where owner = $1`

/** Gives back the lease and whatever the worker still has, and forgets workers that are long gone. */
export async function endLease(store: Store, worker: string, waitsFor: string): Promise<void> {
  await store.query(end, [worker, waitsFor])
}
