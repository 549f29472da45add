import type { StoreTransaction } from '../../store/store.js'
import { groupPrefix, tablePrefix } from './create-table.js'

const generations = `
  select distinct generation::integer as generation from (
    select substr(group_name, length($1) + 1) as generation from (
      select group_name from watertight.consumer_position
      union select group_name from watertight.consumer_member
      union select group_name from watertight.parked_event
    ) as known where starts_with(group_name, $1)
    union all
    select substr(relname, length($2) + 1) from pg_class
    where relnamespace = 'watertight'::regnamespace and relkind = 'r' and starts_with(relname, $2)
  ) as found
  where generation ~ '^[0-9]{1,9}$' order by generation`

/** The generations of a model of which there is anything: a table, or what a group leaves behind. */
export async function knownGenerations(transaction: StoreTransaction, name: string): Promise<number[]> {
  const prefixes = [groupPrefix(name), tablePrefix(name)]
  const { rows } = await transaction.query<{ generation: number }>(generations, prefixes)
  return rows.map(({ generation }) => generation)
}
