import { PGliteStore } from '../src/store/pglite/pglite-store.js'
import type { Store } from '../src/store/store.js'
import { LentDatabase } from './lent-database.js'

const database = new LentDatabase(
  () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
)

/** An embedded store with nothing in it, for a file whose tests are not about how one opens or ends. */
export const emptyStore = (): Promise<Store> => database.lend()
