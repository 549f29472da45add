import type { EventRecord } from '../../../events/received-event.js'
import type { Store } from '../../../store/store.js'

const text = `
  select distinct parked.key from watertight.parked_event as parked
  join (select distinct * from unnest($3::smallint[], $4::text[]) as e(partition, key)) as event
    on event.partition = parked.partition and event.key = parked.key
  where parked.group_name = $1 and parked.topic = $2`

/** Keys of events of which an earlier one was set aside. */
export async function parkedKeys(
  store: Store,
  group: string,
  topic: string,
  events: readonly EventRecord[],
): Promise<ReadonlySet<string>> {
  const partitions = events.map(({ partition }) => partition)
  const keys = events.map(({ key }) => key)
  const { rows } = await store.query<{ key: string }>(text, [group, topic, partitions, keys])
  return new Set(rows.map(({ key }) => key))
}
