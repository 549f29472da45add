import type { EngineName } from '@watertight/deploy'
import type { SystemModel } from '@watertight/manifest'
import { engineStores } from './served-stores.js'

/** A real server that a run starts, since the document names it and gives it no address. */
export interface RunEngine {
  readonly name: EngineName
  /** What `watertight engine` is to know of it beyond its folder and ports. */
  readonly words: readonly string[]
}

/** The engines of a run, in the order of the document's parts. */
export function runEngines(system: SystemModel): RunEngine[] {
  const databases = engineStores(system, 'postgres').flatMap(({ name }) => ['--database', name])
  const postgres: RunEngine[] = databases.length === 0 ? [] : [{ name: 'postgres', words: databases }]
  const redis: RunEngine[] = engineStores(system, 'redis').length === 0 ? [] : [{ name: 'redis', words: [] }]
  return [...postgres, ...redis]
}
