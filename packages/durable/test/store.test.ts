import { PGliteStore } from '../src/store/pglite/pglite-store.js'
import { storeContract } from './store-contract.js'

storeContract('PGlite in memory', async (options) => new PGliteStore(options))
