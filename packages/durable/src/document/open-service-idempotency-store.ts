import type { StoreModel, SystemModel } from '@watertight/manifest'
import { openCache } from '../cache/open-cache.js'
import { CachedIdempotencyStore } from '../idempotency/cached-idempotency-store.js'
import type { IdempotencyStore } from '../idempotency/idempotency-store.js'
import { openIdempotencyStore } from '../idempotency/open-idempotency-store.js'
import { PostgresIdempotencyStore } from '../idempotency/postgres/postgres-idempotency-store.js'
import type { Store } from '../store/store.js'
import { DocumentError } from './document-error.js'
import { serviceOf } from './service-of.js'
import { storeUrlOf } from './store-url-of.js'
import type { Environment } from './url-of.js'

export interface ServiceIdempotencyOptions {
  /** The service whose keys they are. */
  readonly service: string
  /**
   * Its own store, brought up to date by `migrate`. Where the document has the keys in that one, they are finished in transactions
   * of it, and it is left open.
   */
  readonly store: Store
  /** Where the variables are that the document names. Default `process.env`. */
  readonly environment?: Environment
}

/**
 * Opens the place where the document has the keys of a service kept: `idempotency: { store: payments, cache: keys }`. Without
 * `idempotency` that is its own store. `cache` names a Redis with copies of answers that are done, which decides nothing.
 *
 * @throws {DocumentError} when the document has no such service or store, or a variable of it is not set
 * @example
 * import { readManifest } from '@watertight/manifest'
 *
 * const text = 'watertight: v1\nsystem: shop\nstores: { main: embedded }\nservices: { payment: { store: main } }\n'
 * const { system } = readManifest(text, 'watertight.yaml')
 * const store = openServiceStore(system!.model, { service: 'payment' })
 * await migrate(store)
 * const keys = await openServiceIdempotencyStore(system!.model, { service: 'payment', store })
 * await keys.close()
 * await store.close()
 */
export async function openServiceIdempotencyStore(
  model: SystemModel,
  { service, store, environment = process.env }: ServiceIdempotencyOptions,
): Promise<IdempotencyStore> {
  const action = `open the keys of ${service}`
  const { document } = serviceOf(model, service, action)
  const { store: name = document.store, cache } = document.idempotency ?? {}
  const urlOf = (found: string | undefined) =>
    storeUrlOf(storeOf(model, found, action), { action, environment })
  // What is missing is told before anything is opened.
  const keysUrl = name === document.store ? undefined : urlOf(name)
  const cacheUrl = cache === undefined ? undefined : urlOf(cache)
  const opened = cacheUrl === undefined ? undefined : await openCache(cacheUrl)
  try {
    const keys =
      keysUrl === undefined ? new PostgresIdempotencyStore({ store }) : await openIdempotencyStore(keysUrl)
    return opened === undefined ? keys : new CachedIdempotencyStore({ store: keys, cache: opened })
  } catch (error) {
    await opened?.close()
    throw error
  }
}

function storeOf({ stores }: SystemModel, name: string | undefined, action: string): StoreModel {
  const found = stores.get(name ?? '')
  if (found !== undefined) return found
  throw new DocumentError(
    'WT_DOCUMENT_MISMATCH',
    `cannot ${action}: the store must be one of ${[...stores.keys()].join(', ')}, got ${name ?? 'none'}`,
  )
}
