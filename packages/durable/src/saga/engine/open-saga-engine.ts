import { systemClock, systemRandom, type Clock, type Random } from '@watertight/policy/decisions'
import {
  atLeast,
  checkOptions,
  flag,
  having,
  integer,
  milliseconds,
  record,
  required,
  callback,
  type Rule,
} from '@watertight/policy/options'
import type { Store } from '../../store/store.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import { StoreSagaEngine } from './store-saga-engine.js'
import type { SagaEngine } from './saga-engine.js'

export interface SagaEngineOptions {
  readonly store: Store
  /** Every definition that this process knows; older versions beside newer ones, for as long as instances of them live. */
  readonly sagas: readonly SagaDefinition[]
  /** Steps that run at once, of each dependency. Default 64. */
  readonly concurrency?: number
  /** The same for single dependencies, by name. */
  readonly dependencies?: Readonly<Record<string, number>>
  /** How long a process that has died keeps its sagas, by the clock of the database. Default 10 s. */
  readonly leaseMs?: number
  /** How often the store is looked at for sagas to take up. Default 250 ms. */
  readonly pollMs?: number
  /** How long sagas that have ended are kept; for as long their ids start nothing. Default 7 days. */
  readonly keepEndedMs?: number
  /** How long `close` waits for steps that are under way. Default 10 s. */
  readonly drainMs?: number
  /** Whether this process takes up sagas; false for one that only starts and controls them. Default true. */
  readonly works?: boolean
  /** Hears what went wrong outside of any step; the engine goes on. Default: nobody. */
  readonly onTrouble?: (error: unknown, sagaId?: string) => void
  readonly clock?: Clock
  readonly random?: Random
}

const definitions: Rule = {
  allowed: 'a list of sagas',
  accepts: (value) => Array.isArray(value) && value.every((one) => typeof one === 'object' && 'plan' in one),
}

/**
 * Runs sagas on a store, which {@link migrate} has brought up to date. Any number of processes may do it on the same one.
 *
 * @throws {OptionError} when an option is wrong
 */
export async function openSagaEngine(options: SagaEngineOptions): Promise<SagaEngine> {
  checkOptions('saga engine', options, {
    store: required(having('transaction', 'a store')),
    sagas: required(definitions),
    concurrency: integer(1),
    dependencies: record,
    leaseMs: milliseconds(100),
    pollMs: milliseconds(1),
    keepEndedMs: atLeast(0),
    drainMs: milliseconds(),
    works: flag,
    onTrouble: callback,
    clock: having('setTimer', 'a clock'),
    random: callback,
  })
  const engine = new StoreSagaEngine({
    concurrency: 64,
    dependencies: {},
    leaseMs: 10_000,
    pollMs: 250,
    keepEndedMs: 7 * 24 * 3_600_000,
    drainMs: 10_000,
    works: true,
    onTrouble: () => {},
    clock: systemClock,
    random: systemRandom,
    ...options,
  })
  await engine.open()
  return engine
}
