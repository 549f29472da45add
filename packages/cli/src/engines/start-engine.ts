import {
  type EngineName,
  type RunningEngine,
  startKafka,
  startPostgres,
  startRedis,
  startTemporal,
} from '@watertight/deploy'
import { openStore } from '@watertight/durable'

/** What an engine is started with. */
export interface EnginePlace {
  readonly folder: string
  readonly port: number
  readonly password: string | undefined
  readonly databases: readonly string[]
  readonly onLine: (line: string) => void
}

const starters: Readonly<Record<EngineName, (place: EnginePlace) => Promise<RunningEngine>>> = {
  postgres: async (place) => {
    const engine = await startPostgres(place)
    await makeDatabases(place)
    return engine
  },
  redis: startRedis,
  kafka: startKafka,
  temporal: startTemporal,
}

export function startEngine(name: EngineName, place: EnginePlace): Promise<RunningEngine> {
  return starters[name](place)
}

async function makeDatabases({ port, password, databases }: EnginePlace): Promise<void> {
  const user = password === undefined ? 'postgres' : `postgres:${encodeURIComponent(password)}`
  const store = openStore(`postgres://${user}@127.0.0.1:${port}/postgres`, { connectionsMax: 1 })
  try {
    const { rows } = await store.query<{ name: string }>('select datname as name from pg_database')
    const missing = databases.filter((database) => !rows.some(({ name }) => name === database))
    for (const name of missing) await store.query(`create database "${name.replaceAll('"', '""')}"`)
  } finally {
    await store.close()
  }
}
