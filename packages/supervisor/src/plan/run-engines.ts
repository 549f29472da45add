import type { EngineName } from '@watertight/deploy'
import type { SystemModel } from '@watertight/manifest'
import { engineStores } from './served-stores.js'

/** A real server that a run starts, since the document names it and gives it no address; in the order of the document's parts. */
export function runEngines(system: SystemModel): EngineName[] {
  const { broker, sagas, monitoring } = system
  const wanted = {
    postgres: engineStores(system, 'postgres').length > 0,
    redis: engineStores(system, 'redis').length > 0,
    kafka: broker.kind === 'kafka' && broker.url === undefined && broker.env === undefined,
    temporal: [...sagas.values()].some(({ engine }) => engine === 'temporal') && !isTold('TEMPORAL_ADDRESS'),
    jaeger: monitoring.traces === 'jaeger' && !COLLECTOR.some(isTold),
    alertmanager: monitoring.alerts === 'alertmanager',
    prometheus: monitoring.metrics === 'prometheus',
  } satisfies Record<EngineName, boolean>
  return (Object.keys(wanted) as EngineName[]).filter((name) => wanted[name])
}

const COLLECTOR = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']

/** Whoever has one tells so, and none is started. */
const isTold = (variable: string): boolean => (process.env[variable] ?? '') !== ''
