import type { StoreTransaction } from '../../store/store.js'

const text = `
  select distinct group_name from watertight.consumer_position
  where topic = coalesce($1, topic) order by group_name`

/** The groups that have a position in a topic, or in any. */
export async function groupNames(database: StoreTransaction, topic?: string): Promise<string[]> {
  const { rows } = await database.query<{ group_name: string }>(text, [topic ?? null])
  return rows.map(({ group_name: name }) => name)
}
