import type { Store } from '../../store/store.js'
import type { ClaimedRow } from './saga-record.js'

export interface Look {
  readonly worker: string
  /** How many of those that wait for each are wanted. */
  readonly places: ReadonlyMap<string, number>
  /** The definitions that the worker knows. */
  readonly definitions: readonly { readonly name: string; readonly version: number }[]
}

export interface RequestedRow {
  readonly id: string
  readonly epoch: number
  readonly revision: number
  readonly requests: string
}

export interface FoundSagas {
  /** Due, and the worker's from now on. */
  readonly claimed: readonly ClaimedRow[]
  /** The worker's since before, and somebody has asked something of them. */
  readonly requested: readonly RequestedRow[]
}

// What is claimed here was nobody's when the statement began, so no row is in both parts.
const statement = `
  with due as (
    select picked.id
    from unnest($2::text[], $3::integer[]) as lane (waits_for, places)
    cross join lateral (
      select saga.id from watertight.saga as saga
      where saga.owner is null and saga.waits_for = lane.waits_for and saga.due_at <= now()
        and (saga.name, saga.version) in (select * from unnest($4::text[], $5::integer[]))
      order by saga.due_at
      limit lane.places
      for update skip locked
    ) as picked
  ), claimed as (
    update watertight.saga as saga set owner = $1, epoch = saga.epoch + 1, due_at = null
    from due where saga.id = due.id
    returning saga.id, saga.name, saga.version, saga.parent, saga.epoch, saga.revision, saga.state::text as state,
      array_to_json(saga.requests)::text as requests
  )
  select true as "isClaimed", claimed.* from claimed
  union all
  select false, id, name, version, parent, epoch, revision, null, array_to_json(requests)::text
  from watertight.saga where owner = $1 and due_at is not null`

/**
 * Takes sagas that are due, of each dependency as many as there is room for: however many wait for one that hangs, those
 * that wait for another do not stand behind them. Finds in the same statement what was asked of those that the worker has.
 */
export async function lookForSagas(store: Store, { worker, places, definitions }: Look): Promise<FoundSagas> {
  const { rows } = await store.query<ClaimedRow & { readonly isClaimed: boolean }>(statement, [
    worker,
    [...places.keys()],
    [...places.values()],
    definitions.map(({ name }) => name),
    definitions.map(({ version }) => version),
  ])
  return {
    claimed: rows.filter(({ isClaimed }) => isClaimed),
    requested: rows.filter(({ isClaimed }) => !isClaimed),
  }
}
