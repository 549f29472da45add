import { PGliteStore } from '../src/store/pglite/pglite-store.js'
import { eventsContract } from './events-contract.js'
import { upkeepContract } from './upkeep-contract.js'

eventsContract('PGlite in memory', async () => ({ store: new PGliteStore() }), [upkeepContract])
