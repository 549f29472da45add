import type { Store } from '../../store/store.js'
import { transactionNumbers } from './transaction-numbers.js'

// Below the horizon nobody runs who could still come after a key's last event with an older transaction; a key that is
// published again begins anew, above. Those of the last transactions stay, since they may well come again.
const text = `
  with deleted as (
    delete from watertight.outbox_key where ctid = any(array(
      select ctid from watertight.outbox_key
      where transaction < ${transactionNumbers.horizon} - 100000
      limit $1 for update skip locked
    ))
    returning 1
  )
  select count(*)::integer as count from deleted`

export async function deleteKeys(store: Store, rowsMax: number): Promise<number> {
  const { rows } = await store.query<{ count: number }>(text, [rowsMax])
  return rows[0]?.count ?? 0
}
