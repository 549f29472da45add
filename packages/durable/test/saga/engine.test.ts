import { PGliteStore } from '../../src/store/pglite/pglite-store.js'
import { engineContract } from './engine-contract.js'

engineContract('PGlite', async () => new PGliteStore())
