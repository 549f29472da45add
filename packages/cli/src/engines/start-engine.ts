import {
  type EngineName,
  type RunningEngine,
  startAlertmanager,
  startJaeger,
  startKafka,
  startPostgres,
  startRedis,
  startTemporal,
} from '@watertight/deploy'
import { openStore } from '@watertight/durable'
import { wrongWord } from '../program/wrong-word.js'
import type { EnginePlace } from './engine-place.js'
import { startFollowingPrometheus } from './start-following-prometheus.js'

const starters: Readonly<Record<EngineName, (place: EnginePlace) => Promise<RunningEngine>>> = {
  postgres: async (place) => {
    const engine = await startPostgres(place)
    await makeDatabases(place)
    return engine
  },
  redis: startRedis,
  kafka: startKafka,
  temporal: startTemporal,
  prometheus: startFollowingPrometheus,
  alertmanager: startAlertmanager,
  jaeger: async ({ collectorPort, ...place }) => {
    if (collectorPort === undefined)
      throw wrongWord(
        'cannot run jaeger: --collector must say where it takes spans, such as --collector 4318',
      )
    return await startJaeger({ ...place, collectorPort })
  },
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
