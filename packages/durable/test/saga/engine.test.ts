import { PGliteStore } from '../../src/store/pglite/pglite-store.js'
import { engineContract } from './engine-contract.js'
import { operationsContract } from './operations-contract.js'

engineContract(
  'PGlite',
  async () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
)
operationsContract(
  'PGlite',
  async () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
)
