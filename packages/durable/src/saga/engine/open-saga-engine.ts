import { systemClock, systemRandom } from '@watertight/policy/decisions'
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
} from '@watertight/policy/options'
import { builtSagas } from '../definition/built-saga.js'
import { tracingRule } from '../../tracing/in-span.js'
import { StoreSagaEngine } from './store-saga-engine.js'
import type { SagaEngine } from './saga-engine.js'
import type { SagaEngineOptions } from './saga-engine-options.js'

/**
 * Runs sagas on a store, which {@link migrate} has brought up to date. Any number of processes may do it on the same one.
 *
 * @throws {OptionError} when an option is wrong
 */
export async function openSagaEngine(options: SagaEngineOptions): Promise<SagaEngine> {
  checkOptions('saga engine', options, {
    store: required(having('transaction', 'a store')),
    sagas: required(builtSagas),
    concurrency: integer(1),
    dependencies: record,
    startDeadlineMs: milliseconds(1),
    leaseMs: milliseconds(100),
    pollMs: milliseconds(1),
    keepEndedMs: atLeast(0),
    drainMs: milliseconds(),
    works: flag,
    tracing: tracingRule,
    onTrouble: callback,
    clock: having('setTimer', 'a clock'),
    random: callback,
  })
  const engine = new StoreSagaEngine({
    concurrency: 64,
    dependencies: {},
    startDeadlineMs: 30_000,
    leaseMs: 10_000,
    pollMs: 250,
    keepEndedMs: 7 * 24 * 3_600_000,
    drainMs: 10_000,
    works: true,
    tracing: undefined,
    onTrouble: () => {},
    clock: systemClock,
    random: systemRandom,
    ...options,
  })
  await engine.open()
  return engine
}
