import type { StoreTransaction } from '../../store/store.js'

const lockPositions = `
  select from watertight.consumer_position where group_name = $1 order by topic, partition for update`

/** Waits for what its members are at; from then on they hold nothing, and whatever they begin is refused. */
export async function deleteGroup(transaction: StoreTransaction, group: string): Promise<void> {
  await transaction.query(lockPositions, [group])
  for (const table of ['consumer_position', 'consumer_member', 'consumer_lease', 'inbox', 'parked_event']) {
    await transaction.query(`delete from watertight.${table} where group_name = $1`, [group])
  }
}
