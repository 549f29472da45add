import type { ServiceModel } from '../model/system-model.js'
import type { Check } from './check.js'

export const storeChecks: readonly Check[] = [
  {
    code: 'WT-DATA-STORE-NOT-POSTGRES',
    group: 'data',
    severity: 'error',
    title: 'data whose transactions need Postgres, kept in Redis',
    *find(model) {
      for (const service of model.services.values()) {
        const { store: name } = service.document
        if (name === undefined || model.stores.get(name)?.kind !== 'redis') continue
        yield {
          path: [...service.path, 'store'],
          part: 'value',
          message: `${service.name} keeps ${whatItKeeps(service)} in ${name}, which is Redis: they must be committed with its data`,
          hint: `name a Postgres in store, and write idempotency: { store: ${name} } for the keys of requests`,
        }
      }
    },
  },
  {
    code: 'WT-DATA-CACHE-NOT-REDIS',
    group: 'data',
    severity: 'error',
    title: 'a cache that is none, or that is to decide',
    *find({ services, stores }) {
      for (const { name, path, document } of services.values()) {
        const { cache, store = document.store } = document.idempotency ?? {}
        const kind = stores.get(cache ?? '')?.kind
        if (cache === undefined || kind === undefined) continue
        const place = { path: [...path, 'idempotency', 'cache'], part: 'value' } as const
        if (kind !== 'redis')
          yield {
            ...place,
            message: `${name} has answers copied to ${cache}, which is ${kind === 'embedded' ? 'embedded' : 'Postgres'}: a copy is of use where it is read faster`,
            hint: 'name a store of Redis, such as stores: { answers: redis }',
          }
        else if (stores.get(store ?? '')?.kind === 'redis')
          yield {
            ...place,
            message: `${name} keeps its keys in ${store}, which is Redis itself: a cache is for keys in a Postgres, which decides`,
            hint: 'name a Postgres in idempotency.store, or leave out the cache',
          }
        else if (store === undefined)
          yield {
            ...place,
            message: `${name} has answers copied to ${cache}, and nothing says where its keys are kept: a cache decides nothing`,
            hint: 'name a Postgres in store, or in idempotency.store',
          }
      }
    },
  },
  {
    code: 'WT-DATA-STORE-PASSWORD',
    group: 'data',
    severity: 'warning',
    title: 'a password in the document',
    *find(model) {
      const { broker } = model
      const stores = [...model.stores.values()].map((store) => ({ ...store, what: `store ${store.name}` }))
      const all = [...stores, { ...broker, path: broker.path ?? [], name: 'broker', what: 'the broker' }]
      for (const { name, what, path, url } of all) {
        if (url === undefined || !/^[^/]*\/\/[^/@]*:[^/@]+@/.test(url)) continue
        yield {
          path,
          part: 'value',
          message: `the URL of ${what} has a password in it, and whoever reads this document has it too`,
          hint: `write ${name}: { env: ${name.toUpperCase().replaceAll('-', '_')}_URL }, and set that variable`,
        }
      }
    },
  },
  {
    code: 'WT-DATA-NO-STORE',
    group: 'data',
    severity: 'warning',
    title: 'an outbox or an inbox without a store',
    *find(model) {
      // A document that names no store at all leaves it to the code.
      if (model.stores.size === 0) return
      for (const service of model.services.values()) {
        if (service.document.store !== undefined) continue
        const place = placeOfNeed(service)
        if (place === undefined) continue
        yield {
          path: [...service.path, ...place],
          message: `${service.name} keeps ${whatItKeeps(service)}, and nothing says in which store`,
          hint: `write store: ${[...model.stores.keys()][0]}`,
        }
      }
    },
  },
]

function usesInbox({ consumes }: ServiceModel): boolean {
  return [...consumes.values()].some(({ idempotent }) => idempotent === 'inbox')
}

function placeOfNeed(service: ServiceModel): readonly string[] | undefined {
  if (service.document.outbox !== undefined) return ['outbox']
  return usesInbox(service) ? ['consumes'] : undefined
}

function whatItKeeps(service: ServiceModel): string {
  const parts = [
    ...(service.document.outbox === undefined ? [] : ['its outbox']),
    ...(usesInbox(service) ? ['its inbox'] : []),
  ]
  return parts.length === 0 ? 'its data' : parts.join(' and ')
}
