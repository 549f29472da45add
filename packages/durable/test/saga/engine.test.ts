import { PGliteStore } from '../../src/store/pglite/pglite-store.js'
import { EngineBench } from './engine-bench.js'
import { engineContract } from './engine-contract.js'
import { operationsContract } from './operations-contract.js'

engineContract(
  'PGlite',
  () =>
    new EngineBench(
      async () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
    ),
)
operationsContract(
  'PGlite',
  async () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
)
