import type { Store } from '../../store/store.js'
import { firstTriesUntil } from './head-start.js'
import type { ClaimedRow } from './saga-record.js'

export interface Look {
  readonly worker: string
  /** How many of those that wait for each are wanted. */
  readonly places: ReadonlyMap<string, LanePlaces>
  /** The definitions that the worker knows. */
  readonly definitions: readonly { readonly name: string; readonly version: number }[]
}

export interface LanePlaces {
  /** Of first tries. */
  readonly first: number
  /** Of both together. */
  readonly all: number
  /** Of those that are asked again, however many first tries there are. */
  readonly again: number
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

/** Sagas that are due, by the one index of them: nothing is read but what is taken. */
const dueIn = (when: string, limit: string): string => `
        select saga.id from watertight.saga as saga
        where saga.owner is null and saga.waits_for = lane.waits_for and ${when}
          and (saga.name, saga.version) in (select * from unnest($6::text[], $7::integer[]))
        order by saga.due_at
        limit ${limit}
        for update skip locked`

// What is claimed here was nobody's when the statement began, so no row is in both parts. It is found by an array of ids, since how
// many a limit lets through cannot be told beforehand: for a join, the whole table would be read.
const statement = `
  with due as (
    select picked.id
    from unnest($2::text[], $3::integer[], $4::integer[], $5::integer[]) as lane (waits_for, first, every, again)
    cross join lateral (
      with first as materialized (${dueIn(`saga.due_at <= ${firstTriesUntil}`, 'lane.first')}),
      again as materialized (${dueIn(
        `saga.due_at > ${firstTriesUntil} and saga.due_at <= now()`,
        'greatest(lane.every - (select count(*) from first), lane.again)',
      )})
      select id from first union all select id from again
    ) as picked
  ), claimed as (
    update watertight.saga as saga set owner = $1, epoch = saga.epoch + 1, due_at = null
    where saga.id = any (array(select id from due))
    returning saga.id, saga.name, saga.version, saga.parent, saga.epoch, saga.revision, saga.state::text as state,
      array_to_json(saga.requests)::text as requests
  )
  select true as "isClaimed", claimed.* from claimed
  union all
  select false, id, name, version, parent, epoch, revision, null, array_to_json(requests)::text
  from watertight.saga where owner = $1 and due_at is not null`

/**
 * Takes sagas that are due, of each dependency as many as there is room for: however many wait for one that hangs, those
 * that wait for another do not stand behind them; and first tries before those that are asked again. Finds in the same
 * statement what was asked of those that the worker has.
 */
export async function lookForSagas(store: Store, { worker, places, definitions }: Look): Promise<FoundSagas> {
  const lanes = [...places.values()]
  const { rows } = await store.query<ClaimedRow & { readonly isClaimed: boolean }>(statement, [
    worker,
    [...places.keys()],
    lanes.map(({ first }) => first),
    lanes.map(({ all }) => all),
    lanes.map(({ again }) => again),
    definitions.map(({ name }) => name),
    definitions.map(({ version }) => version),
  ])
  return {
    claimed: rows.filter(({ isClaimed }) => isClaimed),
    requested: rows.filter(({ isClaimed }) => !isClaimed),
  }
}
