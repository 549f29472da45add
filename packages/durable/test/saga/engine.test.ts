import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'
import { engineContract } from './engine-contract.js'
import { operationsContract } from './operations-contract.js'

engineContract('PGlite', () => new EngineBench(emptyStore))
operationsContract('PGlite', emptyStore)
