import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { idempotencyStoreContract } from './store-contract.js'

idempotencyStoreContract('in memory', async () => new MemoryIdempotencyStore())
idempotencyStoreContract('in PGlite', () => openIdempotencyStore('pglite:memory'))
