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
  const { broker, sagas } = system
  const others = {
    redis: engineStores(system, 'redis').length > 0,
    kafka: broker.kind === 'kafka' && broker.url === undefined && broker.env === undefined,
    temporal: [...sagas.values()].some(({ engine }) => engine === 'temporal') && !isTold('TEMPORAL_ADDRESS'),
  } satisfies Partial<Record<EngineName, boolean>>
  const wanted = Object.entries(others).filter(([, isWanted]) => isWanted) as [EngineName, boolean][]
  return [...postgres, ...wanted.map(([name]) => ({ name, words: [] }))]
}

/** Whoever has one tells so, and none is started. */
const isTold = (variable: string): boolean => (process.env[variable] ?? '') !== ''
