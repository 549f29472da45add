import type { StoreDocument } from '../document/data-document.js'
import type { ManifestDocument } from '../document/manifest-document.js'
import type { StoreModel } from './data-model.js'

export function buildStores({ stores = {} }: ManifestDocument): ReadonlyMap<string, StoreModel> {
  return new Map(Object.entries(stores).map(([name, store]) => [name, buildStore(name, store)]))
}

function buildStore(name: string, store: StoreDocument): StoreModel {
  const { url, env } = typeof store === 'string' ? { url: store, env: undefined } : store
  const isEmbedded = url === 'embedded'
  return {
    name,
    path: ['stores', name],
    kind: isEmbedded || url?.startsWith('pglite:') === true ? 'embedded' : kindOf(url),
    url: isEmbedded ? undefined : url,
    env,
  }
}

function kindOf(url: string | undefined): StoreModel['kind'] {
  if (url === undefined) return 'unknown'
  return url.startsWith('postgres') ? 'postgres' : 'redis'
}
