import { PGliteStore } from '../src/store/pglite/pglite-store.js'
import { eventsContract } from './events-contract.js'

eventsContract('PGlite in memory', async () => new PGliteStore())
