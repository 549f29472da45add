import type { Store } from '../../store/store.js'

// One step of the index a topic, however many events there are.
const text = `
  with recursive known as (
    (select topic from watertight.outbox order by topic limit 1)
    union all
    select (select topic from watertight.outbox where topic > known.topic order by topic limit 1)
    from known where known.topic is not null
  )
  select topic from known where topic is not null`

/** The topics of which events are kept. */
export async function listTopics(store: Store): Promise<string[]> {
  return (await store.query<{ topic: string }>(text)).rows.map(({ topic }) => topic)
}
