import { emptyStore } from './empty-store.js'
import { eventsContract } from './events-contract.js'
import { projectionsContract } from './projections-contract.js'
import { readModelsContract } from './read-models-contract.js'
import { supersededModelsContract } from './superseded-models-contract.js'
import { upkeepContract } from './upkeep-contract.js'
import { wakingContract } from './waking-contract.js'

eventsContract('PGlite in memory', async () => ({ store: await emptyStore() }), [
  upkeepContract,
  readModelsContract,
  supersededModelsContract,
  projectionsContract,
  wakingContract,
])
