import type { Store } from '../../store/store.js'

export interface Late {
  /** Where a saga is looked at although there is no room for its next step. */
  readonly waitsFor: string
  /** What there is no room for. */
  readonly full: readonly string[]
  readonly deadlines: readonly {
    readonly name: string
    readonly version: number
    readonly deadlineMs: number
  }[]
}

/** Of those that wait for each dependency, so many are looked at, the oldest first. */
const SEEN_MAX = 5_000
const FREED_MAX = 500

// The deadline itself is in the state, which is not read here: whoever takes the saga up does. One that cannot turn back any more goes
// back to where it waited, and is not looked at for ever.
const statement = `
  with late as (
    select seen.id
    from unnest($2::text[]) as lane (waits_for)
    cross join lateral (
      select saga.id, saga.name, saga.version, saga.status, saga.created_at, saga.updated_at from watertight.saga as saga
      where saga.owner is null and saga.waits_for = lane.waits_for and saga.due_at <= now()
      order by saga.due_at
      limit ${SEEN_MAX}
    ) as seen
    join unnest($3::text[], $4::integer[], $5::double precision[]) as definition (name, version, deadline_ms)
      on definition.name = seen.name and definition.version = seen.version
    cross join lateral (select seen.created_at + definition.deadline_ms * interval '1 millisecond' as at) as deadline
    where seen.status = 'running' and deadline.at <= now()
      and seen.updated_at < least(deadline.at + interval '1 minute', now() - interval '1 second')
    limit ${FREED_MAX}
  )
  update watertight.saga as saga set waits_for = $1
  where saga.owner is null and saga.id = any (array(select id from late))
  returning saga.id`

/** Sagas whose deadline has passed while they wait for what there is no room for: they can turn back without it. */
export async function freeLateSagas(store: Store, { waitsFor, full, deadlines }: Late): Promise<number> {
  if (full.length === 0 || deadlines.length === 0) return 0
  const { rows } = await store.query(statement, [
    waitsFor,
    full,
    deadlines.map(({ name }) => name),
    deadlines.map(({ version }) => version),
    deadlines.map(({ deadlineMs }) => deadlineMs),
  ])
  return rows.length
}
