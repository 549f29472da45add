import type { StoreDocument } from '../document/data-document.js'
import type { ManifestDocument } from '../document/manifest-document.js'
import { storeNames } from '../words/store-names.js'
import type { StoreModel } from './data-model.js'

export function buildStores({ stores = {} }: ManifestDocument): ReadonlyMap<string, StoreModel> {
  return new Map(Object.entries(stores).map(([name, store]) => [name, buildStore(name, store)]))
}

function buildStore(name: string, store: StoreDocument): StoreModel {
  const { url, env } = typeof store === 'string' ? { url: store, env: undefined } : store
  const hasAddress = !storeNames.some((word) => word === url)
  return { name, path: ['stores', name], kind: kindOf(url), url: hasAddress ? url : undefined, env }
}

function kindOf(url: string | undefined): StoreModel['kind'] {
  if (url === undefined) return 'unknown'
  if (url === 'embedded' || url.startsWith('pglite:')) return 'embedded'
  return url.startsWith('postgres') ? 'postgres' : 'redis'
}
