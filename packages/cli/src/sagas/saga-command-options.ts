import type { StoreOptions } from '../stores/store-options.js'

export interface SagaCommandOptions extends StoreOptions {
  readonly status?: string
  readonly name?: string
  readonly key?: string
  readonly limit?: string
  readonly reason?: string
}
