import { countDeleted } from '../../store/count-deleted.js'
import type { Store } from '../../store/store.js'
import { publishedAt } from './published-at.js'

// Partitions are found by leaping over the primary key, and each is read from its start: neither grows with what is kept.
const text = `
  with recursive head as (
    (select topic, partition from watertight.outbox order by topic, partition limit 1)
    union all
    select next.topic, next.partition from head cross join lateral (
      select topic, partition from watertight.outbox
      where (topic, partition) > (head.topic, head.partition) order by topic, partition limit 1
    ) as next
  ), doomed as (
    select first.* from head cross join lateral (
      select topic, partition, transaction, id, ${publishedAt} as published_at from watertight.outbox
      where topic = head.topic and partition = head.partition order by transaction, id limit $2
    ) as first
    where published_at < now() - $1::float8 * interval '1 millisecond'
      and not exists (
        select from watertight.consumer_position as position
        where position.topic = first.topic and position.partition = first.partition
          and (position.transaction, position.id) < (first.transaction, first.id)
      )
    limit $2
  ), deleted as (
    delete from watertight.outbox as o using doomed
    where o.topic = doomed.topic and o.partition = doomed.partition
      and o.transaction = doomed.transaction and o.id = doomed.id
    returning 1
  )
  select count(*)::integer as count from deleted`

export async function deleteOutbox(store: Store, ageMs: number, rowsMax: number): Promise<number> {
  return await countDeleted(store, text, [ageMs, rowsMax])
}
