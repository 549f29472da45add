import { systemClock } from '@watertight/policy/decisions'
import { callback, checkOptions, flag, integer, required, text } from '@watertight/policy/options'
import { builtSagas } from '../definition/built-saga.js'
import type { SagaEngine } from '../engine/saga-engine.js'
import { SagaRegistry } from '../engine/saga-registry.js'
import { type Children, StepAsker } from '../engine/step-asker.js'
import { tracingRule } from '../../tracing/in-span.js'
import { bundleWorkflow } from './bundle-workflow.js'
import { SagaActivities } from './saga-activities.js'
import { isEndedOutside } from './found-saga.js'
import { SagaWorkflows } from './saga-workflows.js'
import type { TemporalEngineOptions } from './temporal-options.js'
import { type Running, TemporalSagaEngine } from './temporal-saga-engine.js'
import { loadTemporal, type TemporalSdk } from './temporal-sdk.js'

/**
 * Runs sagas on a Temporal server: the definitions that {@link openSagaEngine} runs on a store, with the same outcomes. What
 * Temporal cannot do is refused: to start a saga in a transaction of yours.
 *
 * @throws {OptionError} when an option is wrong
 * @throws {Error} when Temporal's packages are not installed, or the server cannot be reached
 */
export async function openTemporalEngine(options: TemporalEngineOptions): Promise<SagaEngine> {
  checkOptions('saga engine', options, {
    sagas: required(builtSagas),
    address: text,
    namespace: text,
    taskQueue: text,
    concurrency: integer(1),
    works: flag,
    packagesFrom: text,
    tracing: tracingRule,
    onTrouble: callback,
  })
  const {
    address = '127.0.0.1:7233',
    namespace = 'default',
    taskQueue = 'watertight',
    works = true,
    tracing,
    onTrouble = () => {},
  } = options
  const sdk = loadTemporal(options.packagesFrom ?? process.cwd())
  const registry = new SagaRegistry(options.sagas)
  const connection = await sdk.client.Connection.connect({ address })
  const client = new sdk.client.Client({ connection, namespace })
  const workflows = new SagaWorkflows(client.workflow, registry, { taskQueue, tracing })
  const children: Children = {
    find: async (id) => {
      const found = await workflows.find(id)
      const parent = found?.description.memo?.['parent'] as string | undefined
      return found && { parent, state: found.state, isEndedOutside: isEndedOutside(found) }
    },
    start: (child, id, input, parent) => workflows.start(child, { id, input }, parent),
    undo: (child, id, parent) => workflows.undo(child, id, parent),
  }
  const asker = new StepAsker(systemClock, children, tracing)
  const activities = new SagaActivities(registry, sdk, asker, onTrouble)
  try {
    const worker = works
      ? await startWorker(sdk, activities, { ...options, address, namespace, taskQueue })
      : undefined
    return new TemporalSagaEngine(workflows, {
      close: async () => {
        await worker?.close()
        await connection.close()
      },
    })
  } catch (error) {
    await connection.close()
    throw error
  }
}

async function startWorker(
  sdk: TemporalSdk,
  activities: SagaActivities,
  options: TemporalEngineOptions &
    Required<Pick<TemporalEngineOptions, 'address' | 'namespace' | 'taskQueue'>>,
): Promise<Running> {
  const { address, namespace, taskQueue, concurrency = 64, onTrouble = () => {} } = options
  installRuntime(sdk)
  const connection = await sdk.worker.NativeConnection.connect({ address })
  try {
    const worker = await sdk.worker.Worker.create({
      connection,
      namespace,
      taskQueue,
      activities: activities.byName,
      workflowBundle: await bundleWorkflow(sdk),
      maxConcurrentActivityTaskExecutions: concurrency,
      shutdownGraceTime: 10_000,
    })
    const ended = worker.run().catch(onTrouble)
    return {
      close: async () => {
        worker.shutdown()
        await ended
        await connection.close()
      },
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}

let isInstalled = false

/** Once a process: it is not to end by signals that are its application's affair, nor to tell of every start. */
function installRuntime({ worker: { Runtime, DefaultLogger } }: TemporalSdk): void {
  if (isInstalled) return
  isInstalled = true
  try {
    Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') })
  } catch {
    // The application has installed one as it wants it.
  }
}
