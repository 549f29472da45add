import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import type { SagaEngine } from '../../../src/saga/index.js'
import { openTemporalEngine } from '../../../src/saga/temporal/open-temporal-engine.js'
import type { TemporalEngineOptions } from '../../../src/saga/temporal/temporal-options.js'
import { startTemporal, type TemporalServer } from '../../servers/temporal-server.js'
import type { SagaBench } from '../saga-bench.js'
import { packagesFrom } from './packages-from.js'
import { hasPart, historyOf } from './recorded-histories.js'

/** A Temporal server for the tests of one file, and the engines of one test, each with a task queue of its own. */
export class TemporalBench implements SagaBench {
  readonly #engines: SagaEngine[] = []
  #server: TemporalServer | undefined
  #count = 0

  constructor() {
    beforeAll(async () => {
      this.#server = await startTemporal()
    })
    afterEach(async () => {
      await Promise.all(this.#engines.splice(0).map((engine) => engine.close()))
    })
    afterAll(async () => {
      await this.#server?.stop()
    })
  }

  get server(): TemporalServer {
    if (this.#server === undefined) throw new Error('the server is not started yet')
    return this.#server
  }

  nextId(): string {
    this.#count += 1
    return `saga-${this.#count}`
  }

  /** Each turn of a workflow ends by what it leaves in the memo. */
  async takenIn(id: string): Promise<void> {
    const isTakenIn = async (): Promise<boolean> => {
      const events = await historyOf(this.server.address, id)
      const told = events.findLastIndex((event) => hasPart(event.workflowExecutionSignaledEventAttributes))
      const left = events.findLastIndex((event) => hasPart(event.workflowPropertiesModifiedEventAttributes))
      return left > told
    }
    await vi.waitUntil(isTakenIn, { timeout: 20_000, interval: 100 })
  }

  /** What every process needs to work on a task queue. */
  optionsFor(taskQueue: string): Pick<TemporalEngineOptions, 'address' | 'packagesFrom' | 'taskQueue'> {
    return { address: this.server.address, packagesFrom, taskQueue }
  }

  async open(
    options: Pick<TemporalEngineOptions, 'sagas' | 'works' | 'onTrouble'>,
    taskQueue = `queue-${this.#count}`,
  ): Promise<SagaEngine> {
    const engine = await openTemporalEngine({ ...this.optionsFor(taskQueue), ...options })
    this.#engines.push(engine)
    return engine
  }
}
