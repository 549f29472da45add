import { engineContract } from '../engine-contract.js'
import { TemporalBench } from './temporal-bench.js'

engineContract('Temporal', () => new TemporalBench())
