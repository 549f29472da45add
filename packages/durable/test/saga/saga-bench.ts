import type { SagaDefinition, SagaEngine } from '../../src/saga/index.js'

/** Where the tests of one file get engines from, which are closed after each. */
export interface SagaBench {
  nextId(): string
  /** Resolves once the worker of a saga has taken in all that the saga was told. */
  takenIn(id: string): Promise<void>
  open(options: { readonly sagas: readonly SagaDefinition[] }): Promise<SagaEngine>
}
