import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { PostgresIdempotencyStore } from '../../src/idempotency/postgres/postgres-idempotency-store.js'
import { migrate } from '../../src/migrations/migrate.js'
import { emptyStore } from '../empty-store.js'
import { lyingClockContract } from './lying-clock-contract.js'
import { idempotencyStoreContract } from './store-contract.js'

idempotencyStoreContract('in memory', async () => new MemoryIdempotencyStore())
idempotencyStoreContract('in PGlite', () => openIdempotencyStore('pglite:memory'))
lyingClockContract('in PGlite', async () => {
  const store = await emptyStore()
  await migrate(store)
  return new PostgresIdempotencyStore({ store, closesStore: true })
})
