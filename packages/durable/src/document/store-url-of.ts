import type { StoreModel } from '@watertight/manifest'
import { DocumentError } from './document-error.js'
import { urlOf, type Environment } from './url-of.js'

/**
 * The URL of a store of the document; `pglite:memory` for an embedded one.
 *
 * @throws {DocumentError} when it has none, or its variable is not set
 */
export function storeUrlOf(
  store: StoreModel,
  { action, environment }: { readonly action: string; readonly environment: Environment },
): string {
  const { name, kind } = store
  const url = urlOf(store, { action, place: `stores.${name}`, environment })
  if (url !== undefined) return url
  if (kind === 'embedded') return 'pglite:memory'
  throw new DocumentError(
    'WT_DOCUMENT_MISMATCH',
    `cannot ${action}: stores.${name} must have an address, got ${kind} without one; watertight up starts one and gives its services the URL`,
  )
}
