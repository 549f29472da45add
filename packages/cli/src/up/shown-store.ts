import type { SystemModel } from '@watertight/manifest'

/** The store that a console shows, by name: the only one that can have sagas and events, or of several the one in which the sagas are. */
export function shownStore({
  stores,
  sagas,
  services,
}: Pick<SystemModel, 'stores' | 'sagas' | 'services'>): string | undefined {
  const able = [...stores.values()].filter(({ kind }) => kind !== 'redis').map(({ name }) => name)
  if (able.length < 2) return able[0]
  const ofSagas = [...sagas.values()].map(({ service = '' }) => services.get(service)?.document.store)
  const [only, second] = new Set(able.filter((name) => ofSagas.includes(name)))
  return second === undefined ? only : undefined
}
