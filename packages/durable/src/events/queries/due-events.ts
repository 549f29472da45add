import type { Store } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

const text = `
  select state, attempts, event::text as event from watertight.parked_event
  where group_name = $1 and topic = $2 and partition = any($3::smallint[])
    and state in ('retry', 'discard') and due_at <= now()
  order by due_at limit $4`

export interface DueEvent {
  readonly state: 'retry' | 'discard'
  /** Attempts started so far. */
  readonly attempts: number
  readonly event: EventRecord
}

/** Parked events whose time has come, the first of their key each. */
export async function dueEvents(
  store: Store,
  group: string,
  topic: string,
  { partitions, limit }: { readonly partitions: readonly number[]; readonly limit: number },
): Promise<DueEvent[]> {
  const { rows } = await store.query<{ state: DueEvent['state']; attempts: number; event: string }>(text, [
    group,
    topic,
    partitions,
    limit,
  ])
  return rows.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as EventRecord }))
}
