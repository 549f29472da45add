import type { SagaDefinition, SagaEngine } from '../../src/saga/index.js'

/** Where the tests of one file get engines from, which are closed after each. */
export interface SagaBench {
  nextId(): string
  open(options: { readonly sagas: readonly SagaDefinition[] }): Promise<SagaEngine>
}
