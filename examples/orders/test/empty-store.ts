import { PGliteStore, type Store } from '@watertight/durable'
import { LentDatabase } from '../../../packages/durable/test/lent-database.js'

const database = new LentDatabase(
  () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
)

/** An embedded store with nothing in it, for the tests of one file. */
export const emptyStore = (): Promise<Store> => database.lend()
