import type { StoreTransaction } from '../../store/store.js'
import type { EventTypes } from '../../outbox/event-type.js'
import { deleteGroup } from '../../events/queries/delete-group.js'
import { quoted, type ReadModel } from '../read-model.js'

export const tablePrefix = (name: string): string => `read_${name}_`
export const tableOf = (name: string, generation: number): string =>
  `watertight.${tablePrefix(name)}${generation}`
export const groupPrefix = (name: string): string => `read-model.${name}.`
export const groupOf = (name: string, generation: number): string => `${groupPrefix(name)}${generation}`

/** The definition that the table of a generation was made for; none when there is no such table. */
export async function definitionOf(
  transaction: StoreTransaction,
  name: string,
  generation: number,
): Promise<string | undefined> {
  const text = `select obj_description(to_regclass($1), 'pg_class') as definition where to_regclass($1) is not null`
  const { rows } = await transaction.query<{ definition: string | null }>(text, [tableOf(name, generation)])
  return rows[0] === undefined ? undefined : (rows[0].definition ?? '')
}

/** Makes the table of a generation, which says of which definition it is. */
export async function createTable<Types extends EventTypes>(
  transaction: StoreTransaction,
  model: ReadModel<Types>,
  generation: number,
): Promise<void> {
  const table = tableOf(model.name, generation)
  const columns = Object.entries(model.columns).map(([name, type]) => `${quoted(name)} ${type}`)
  await transaction.query(
    `create table ${table} (${columns.join(', ')}, version bigint not null, primary key (${quoted(model.key)}))`,
  )
  await transaction.query(`comment on table ${table} is '${model.definition}'`)
  await deleteGroup(transaction, groupOf(model.name, generation))
}

/** Drops what there is of a generation that nobody reads: its table, and all that its group would hold back for ever. */
export async function dropGeneration(
  transaction: StoreTransaction,
  name: string,
  generation: number,
): Promise<void> {
  await deleteGroup(transaction, groupOf(name, generation))
  await dropTable(transaction, name, generation)
}

export async function dropTable(
  transaction: StoreTransaction,
  name: string,
  generation: number,
): Promise<void> {
  await transaction.query(`drop table if exists ${tableOf(name, generation)}`)
}
