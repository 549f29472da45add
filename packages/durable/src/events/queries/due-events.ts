import type { Store } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

const text = `
  select state, attempts, error is not null as "hasFailed", event::text as event from watertight.parked_event
  where group_name = $1 and topic = $2 and partition = any($3::smallint[])
    and state in ('retry', 'discard') and due_at <= now()
  order by due_at limit $4`

export interface DueEvent {
  readonly state: 'retry' | 'discard'
  /** Attempts started so far. */
  readonly attempts: number
  /** Whether it has ever failed, attempts that no longer count among them. */
  readonly hasFailed: boolean
  readonly event: EventRecord
}

/** Parked events whose time has come, the first of their key each. */
export async function dueEvents(
  store: Store,
  group: string,
  topic: string,
  { partitions, limit }: { readonly partitions: readonly number[]; readonly limit: number },
): Promise<DueEvent[]> {
  const values = [group, topic, partitions, limit]
  const { rows } = await store.query<Omit<DueEvent, 'event'> & { event: string }>(text, values)
  return rows.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as EventRecord }))
}
