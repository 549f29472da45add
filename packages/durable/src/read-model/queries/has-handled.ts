import type { Store } from '../../store/store.js'

// An event that the generation that is read has given up on, too, is no reason to keep that: its row is in neither.
const text = `
  with parked as (
    select event_id, state, error, transaction from watertight.parked_event as own
    where own.group_name = $1 and own.topic = $2 and not exists (
      select from watertight.read_model as served
      join watertight.parked_event as same
        on same.group_name = 'read-model.' || served.name || '.' || served.generation and same.topic = own.topic
        and same.partition = own.partition and same.transaction = own.transaction and same.id = own.id
      where served.name = $4 and same.state in ('dead', 'waiting')
    )
  )
  select count(*) > 0 and not bool_or(exists (
    select from watertight.outbox as o
    where o.topic = position.topic and o.partition = position.partition
      and (o.transaction, o.id) > (position.transaction, position.id)
      and o.transaction < $3::bigint
  )) and not exists (select from parked where transaction < $3::bigint) as is_done,
  (select event_id || ', ' || coalesce(error, 'no reason given') from parked where state = 'dead' limit 1) as dead
  from watertight.consumer_position as position where position.group_name = $1 and position.topic = $2`

export interface Handled {
  /** Whether the group has handled everything that was published before the horizon, what it had to try again included. */
  readonly isDone: boolean
  /** An event that it has given up on, and why: its row is missing. */
  readonly dead: string | undefined
}

/** How far the group of a generation of the model has come. */
export async function hasHandled(
  store: Store,
  { model, group, topic }: { readonly model: string; readonly group: string; readonly topic: string },
  horizon: number,
): Promise<Handled> {
  const values = [group, topic, horizon, model]
  const { rows } = await store.query<{ is_done: boolean | null; dead: string | null }>(text, values)
  return { isDone: rows[0]?.is_done === true, dead: rows[0]?.dead ?? undefined }
}
