import type { StoreModel, SystemModel } from '@watertight/manifest'
import type { RunPorts } from './instance-ports.js'

/** The stores that a run serves itself: those for which the document has neither a URL nor a variable that holds one. */
export function servedStores({ stores }: SystemModel): StoreModel[] {
  return [...stores.values()].filter(({ url, env }) => url === undefined && env === undefined)
}

/** Those of them that are served from a process of their own each. */
export function embeddedStores(system: SystemModel): StoreModel[] {
  return servedStores(system).filter(({ kind }) => kind === 'embedded')
}

/** Those that are databases of one engine. */
export function engineStores(system: SystemModel, kind: 'postgres' | 'redis'): StoreModel[] {
  return servedStores(system).filter((store) => store.kind === kind)
}

/** What the clients of a store that the run serves are to know. */
export function servedStoreUrl(
  { name, kind }: StoreModel,
  system: SystemModel,
  { ports, password }: { readonly ports: RunPorts; readonly password: string },
): string {
  if (kind === 'redis') {
    const number = engineStores(system, 'redis').findIndex((store) => store.name === name)
    return `redis://:${password}@127.0.0.1:${ports.engines.get('redis')?.port ?? 0}/${number}`
  }
  const [port, database] =
    kind === 'postgres'
      ? [ports.engines.get('postgres')?.port, name]
      : [ports.stores.get(name)?.port, 'postgres']
  return `postgres://postgres:${password}@127.0.0.1:${port ?? 0}/${database}`
}
