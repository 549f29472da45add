import { countDeleted } from '../../store/count-deleted.js'
import type { Store } from '../../store/store.js'
import { transactionNumbers } from './transaction-numbers.js'

/** As many pages are looked at, which hold some ten thousand keys. */
const PAGES = 128

// Below the horizon nobody runs who could still come after a key's last event with an older transaction; a key that is
// published again begins anew, above. Those of the last transactions stay, since they may well come again.
//
// No index says which keys are old, since every event would have to move its key there. So each time a stretch of the table
// is looked at, from anywhere on; a small table is looked at as a whole.
const text = `
  with first as materialized (
    select floor(random() * greatest(1, 1 - ${PAGES}
      + pg_relation_size('watertight.outbox_key') / current_setting('block_size')::integer))::bigint as page
  ), deleted as (
    delete from watertight.outbox_key where ctid = any(array(
      select ctid from watertight.outbox_key
      where ctid >= (select format('(%s,0)', page)::tid from first)
        and ctid < (select format('(%s,0)', page + ${PAGES})::tid from first)
        and transaction < ${transactionNumbers.horizon} - 100000
      limit $1 for update skip locked
    ))
    returning 1
  )
  select count(*)::integer as count from deleted`

export async function deleteKeys(store: Store, rowsMax: number): Promise<number> {
  return await countDeleted(store, text, [rowsMax])
}
