import type { Store } from '../../store/store.js'

export interface Stranded {
  /** Where whoever knows the definition looks, whatever lanes it has. */
  readonly waitsFor: string
  /** What is known to be waited for. */
  readonly known: readonly string[]
  /** The definitions that the worker knows. */
  readonly definitions: readonly { readonly name: string; readonly version: number }[]
}

/** In each place where sagas wait, so many are looked at; those of others are in the way of none for good, since they go on. */
const SEEN_MAX = 500
const PLACES_MAX = 1_000

// The places are found by jumping from one to the next in the index of what is due, whatever waits in each.
const statement = `
  with recursive place as (
    select min(waits_for) as waits_for from watertight.saga where owner is null and due_at is not null
    union all
    select (
      select min(saga.waits_for) from watertight.saga as saga
      where saga.owner is null and saga.due_at is not null and saga.waits_for > place.waits_for)
    from place where place.waits_for is not null
  ), stranded as (
    select seen.id
    from (select waits_for from place where waits_for <> all($2::text[]) limit ${PLACES_MAX}) as place
    cross join lateral (
      select saga.id, saga.name, saga.version from watertight.saga as saga
      where saga.owner is null and saga.waits_for = place.waits_for and saga.due_at <= now()
      order by saga.due_at
      limit ${SEEN_MAX}
    ) as seen
    where (seen.name, seen.version) in (select * from unnest($3::text[], $4::integer[]))
  )
  update watertight.saga as saga set waits_for = $1
  where saga.owner is null and saga.id = any (array(select id from stranded))
  returning saga.id`

/**
 * A saga waits for a dependency by the name that the dependency had when that was written; by another definition, the step may wait
 * for another one. Lets those sagas be taken up that are due and wait for what is not known here, though their definitions are.
 * Resolves to how many there were.
 */
export async function freeStrandedSagas(
  store: Store,
  { waitsFor, known, definitions }: Stranded,
): Promise<number> {
  const { rows } = await store.query(statement, [
    waitsFor,
    known,
    definitions.map(({ name }) => name),
    definitions.map(({ version }) => version),
  ])
  return rows.length
}
