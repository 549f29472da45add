import type { SystemModel } from '@watertight/manifest'

/** The stores that a run serves itself: those for which the document has neither a URL nor a variable that holds one. */
export function embeddedStores({ stores }: SystemModel): { readonly name: string }[] {
  return [...stores.values()].filter(
    ({ kind, url, env }) => kind === 'embedded' && url === undefined && env === undefined,
  )
}

/** What `openStore` takes for a store that listens here. */
export function embeddedStoreUrl(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
}
