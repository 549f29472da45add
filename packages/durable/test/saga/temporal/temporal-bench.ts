import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { SagaDefinition, SagaEngine } from '../../../src/saga/index.js'
import { openTemporalEngine } from '../../../src/saga/temporal/open-temporal-engine.js'
import type { TemporalEngineOptions } from '../../../src/saga/temporal/temporal-options.js'
import { startTemporal, type TemporalServer } from '../../servers/temporal-server.js'
import type { SagaBench } from '../saga-bench.js'

/** Where `npm run engines` has put Temporal's packages, which are too large for everybody's install. */
const named = process.env['WATERTIGHT_ENGINES'] ?? ''
export const packagesFrom: string = join(
  named === '' ? join(homedir(), '.cache/watertight/engines') : named,
  'temporal-sdk',
)

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

  /** What every process needs to work on a task queue. */
  optionsFor(taskQueue: string): Pick<TemporalEngineOptions, 'address' | 'packagesFrom' | 'taskQueue'> {
    return { address: this.server.address, packagesFrom, taskQueue }
  }

  async open(
    options: { readonly sagas: readonly SagaDefinition[]; readonly works?: boolean },
    taskQueue = `queue-${this.#count}`,
  ): Promise<SagaEngine> {
    const engine = await openTemporalEngine({ ...this.optionsFor(taskQueue), ...options })
    this.#engines.push(engine)
    return engine
  }
}
