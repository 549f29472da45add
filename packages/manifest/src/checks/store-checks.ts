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
