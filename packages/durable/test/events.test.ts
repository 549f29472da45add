import { emptyStore } from './empty-store.js'
import { eventsContract } from './events-contract.js'
import { upkeepContract } from './upkeep-contract.js'

eventsContract('PGlite in memory', async () => ({ store: await emptyStore() }), [upkeepContract])
