import type { Store } from '@watertight/durable'

/** Any number; those who make tables in one database take it, one after the other. */
const MAKERS = 41_715

/**
 * Runs statements that make tables which may be there already. Processes that start together do so one after the other: of two at
 * once, `create table if not exists` of Postgres lets one fail.
 */
export async function createTables(store: Store, statements: readonly string[]): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.query('select pg_advisory_xact_lock($1)', [MAKERS])
    for (const statement of statements) await transaction.query(statement)
  })
}
