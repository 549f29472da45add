import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import { openSagaEngine, type SagaEngine, type SagaEngineOptions } from '../../src/saga/index.js'
import type { Store } from '../../src/store/store.js'
import type { SagaBench } from './saga-bench.js'

/** A store for the tests of one file, and the engines of one test, which are closed after it. */
export class EngineBench implements SagaBench {
  readonly #engines: SagaEngine[] = []
  #store: Store | undefined
  #count = 0

  constructor(openStore: () => Promise<Store>) {
    beforeAll(async () => {
      this.#store = await openStore()
      await migrate(this.#store)
    })
    afterEach(async () => {
      await Promise.all(this.#engines.splice(0).map((engine) => engine.close()))
    })
    afterAll(async () => {
      await this.#store?.close()
    })
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error('the store is not open yet')
    return this.#store
  }

  nextId(): string {
    this.#count += 1
    return `saga-${this.#count}`
  }

  async takenIn(id: string): Promise<void> {
    const told = 'select from watertight.saga where id = $1 and cardinality(requests) > 0'
    await vi.waitUntil(async () => (await this.store.query(told, [id])).rows.length === 0, {
      timeout: 20_000,
    })
  }

  async open(options: Omit<SagaEngineOptions, 'store'>): Promise<SagaEngine> {
    const engine = await openSagaEngine({ store: this.store, pollMs: 20, leaseMs: 2_000, ...options })
    this.#engines.push(engine)
    return engine
  }
}
