import type { SystemModel } from '@watertight/manifest'
import { openStore, type OpenStoreOptions } from '../store/open-store.js'
import type { Store } from '../store/store.js'
import { DocumentError } from './document-error.js'
import { serviceOf } from './service-of.js'
import { storeUrlOf } from './store-url-of.js'
import type { Environment } from './url-of.js'

export interface ServiceStoreOptions extends OpenStoreOptions {
  /** The service whose store it is. */
  readonly service: string
  /** Where the variables are that the document names. Default `process.env`. */
  readonly environment?: Environment
}

/**
 * Opens the store that the document gives to a service. `embedded` is `pglite:memory`: a Postgres that is gone with the
 * process; write `pglite:FOLDER` for one that stays.
 *
 * @throws {DocumentError} when the document has no such service or gives it no store, or its variable is not set
 */
export function openServiceStore(model: SystemModel, options: ServiceStoreOptions): Store {
  const { service, environment = process.env, ...storeOptions } = options
  const action = `open the store of ${service}`
  const { store: name } = serviceOf(model, service, action).document
  const store = name === undefined ? undefined : model.stores.get(name)
  if (store === undefined) {
    throw new DocumentError(
      'WT_DOCUMENT_MISMATCH',
      `cannot ${action}: services.${service}.store must be one of ${[...model.stores.keys()].join(', ')}, got ${name ?? 'none'}`,
    )
  }
  return openStore(storeUrlOf(store, { action, environment }), storeOptions)
}
