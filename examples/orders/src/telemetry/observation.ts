import { join } from 'node:path'
import type { ServiceModel } from '@watertight/manifest'
import { currentScope } from '@watertight/http/scope'
import {
  createLogger,
  createTelemetry,
  observeProcess,
  type ObjectiveTargets,
  type ServiceTelemetry,
  type Tracing,
} from '@watertight/telemetry'
import { LogFile } from './log-file.js'
import { startTracing } from './tracing.js'

export type Log = ReturnType<typeof createLogger>

/** What makes a service visible: metrics, traces, and a log in its data folder. */
export interface Observation {
  readonly telemetry: ServiceTelemetry
  readonly tracing: Tracing
  readonly log: Log
  readonly close: () => Promise<void>
}

export async function observe(service: ServiceModel, dataFolder: string): Promise<Observation> {
  const { tracing, close } = await startTracing(service.name)
  const objective = objectiveOf(service)
  const telemetry = createTelemetry({ service: service.name, tracing, objective })
  observeProcess(telemetry.registry)
  const destination = new LogFile(join(dataFolder, 'log.jsonl'))
  const log = createLogger({
    service: service.name,
    destination,
    tracing,
    // Every line says for which request it was written.
    context: currentScope,
  })
  return { telemetry, tracing, log, close }
}

function objectiveOf({ availability, p99Ms, objectiveWindowMs }: ServiceModel): ObjectiveTargets | undefined {
  if (availability === undefined && p99Ms === undefined) return undefined
  const latency = p99Ms === undefined ? undefined : { p99Ms }
  return { availability, latency, windowMs: objectiveWindowMs }
}
