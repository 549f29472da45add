import type { StoreTransaction } from '../../store/store.js'

const select = `select generation, definition from watertight.read_model where name = $1`

const lock = `select pg_advisory_xact_lock(hashtextextended('watertight.read_model.' || $1, 0))`

const put = `
  insert into watertight.read_model (name, generation, definition) values ($1, $2, $3)
  on conflict (name) do update
  set generation = excluded.generation, definition = excluded.definition, built_at = now()`

export interface ServedGeneration {
  readonly generation: number
  readonly definition: string
}

export async function servedGeneration(
  transaction: StoreTransaction,
  name: string,
): Promise<ServedGeneration | undefined> {
  return (await transaction.query<ServedGeneration>(select, [name])).rows[0]
}

/** Until the transaction ends nobody else makes or swaps tables of the model. */
export async function lockModel(transaction: StoreTransaction, name: string): Promise<void> {
  await transaction.query(lock, [name])
}

export async function putGeneration(
  transaction: StoreTransaction,
  name: string,
  { generation, definition }: ServedGeneration,
): Promise<void> {
  await transaction.query(put, [name, generation, definition])
}
