import { KAFKA } from '../../brokers/kafka/kafka-position.js'
import type { Store } from '../../store/store.js'

const isElsewhere = `
  select coalesce(max(xmin::text::bigint) <> max(written_by) & 4294967295, true) as "isElsewhere"
  from watertight.outbox_origin`

// Those who come at once do it one after the other, and each looks again.
const lock = `lock table watertight.outbox_origin in share row exclusive mode`

// What runs now may still publish, under a number as low as that of the oldest: even that comes after all there is.
const adopt = `
  with former as (delete from watertight.outbox_origin returning shift)
  insert into watertight.outbox_origin (written_by, shift)
  select pg_current_xact_id()::text::bigint, greatest(
    0,
    (select max(shift) from former),
    1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint + greatest(
      (select max(transaction) from watertight.outbox),
      (select max(transaction) from watertight.outbox_key),
      (select max(transaction) from watertight.consumer_position where transaction < ${KAFKA})))`

/**
 * Goes on with a log that was restored from the dump of another Postgres: from now on transactions are numbered beyond all
 * that it holds. Changes nothing in any other.
 */
export async function adoptOutbox(store: Store): Promise<void> {
  if (!(await mustAdopt(store))) return
  await store.transaction(async (transaction) => {
    await transaction.query(lock)
    if (await mustAdopt(transaction)) await transaction.query(adopt)
  })
}

async function mustAdopt(database: Pick<Store, 'query'>): Promise<boolean> {
  const { rows } = await database.query<{ isElsewhere: boolean }>(isElsewhere)
  return rows[0]!.isElsewhere
}
