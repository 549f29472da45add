import { circuitStates } from '@watertight/policy/defaults'
import { z } from 'zod'
import type { CallSignals, EdgeStand } from '../model/edge-stand.js'
import type { GoldenSignals, ObjectiveStand, ReplicaStand, ServiceStand } from '../model/service-stand.js'
import { count, maybe, share, time, told } from './told.js'

const level = z.enum(['ok', 'warning', 'critical', 'unknown'])
const maybeNumber = maybe(z.number().nonnegative())
const maybeTime = maybe(time)

const signals: z.ZodType<GoldenSignals> = z.strictObject({
  ratePerSecond: maybeNumber,
  errorShare: maybe(share),
  p50Ms: maybeTime,
  p95Ms: maybeTime,
  p99Ms: maybeTime,
  saturation: maybeNumber,
  saturationOf: maybe(z.string()),
  inFlight: maybeNumber,
  queued: maybeNumber,
})

const objective: z.ZodType<ObjectiveStand> = z.strictObject({
  name: z.enum(['availability', 'latency']),
  target: share,
  limitMs: maybeTime,
  windowMs: time,
  budgetLeft: maybe(z.number().max(1)),
  burnRates: z.array(z.strictObject({ window: z.string(), rate: z.number().nonnegative() })),
})

const replica: z.ZodType<ReplicaStand> = z.strictObject({
  name: z.string(),
  kind: z.enum(['service', 'sidecar', 'gateway']),
  state: z.enum(['starting', 'ready', 'restarting', 'crash-loop', 'stopping', 'stopped']),
  pid: maybe(count),
  port: count,
  restarts: count,
  upForMs: maybeTime,
  cpu: maybeNumber,
  memoryBytes: maybeNumber,
})

export const serviceSchema: z.ZodType<ServiceStand> = z.strictObject({
  name: z.string(),
  kind: z.enum(['service', 'gateway', 'external']),
  description: maybe(z.string()),
  level,
  because: z.array(z.string()),
  signals: told(signals),
  objectives: z.array(objective),
  replicas: told(z.array(replica)),
})

const callSignals: z.ZodType<CallSignals> = z.strictObject({
  ratePerSecond: maybeNumber,
  errorShare: maybe(share),
  p50Ms: maybeTime,
  p95Ms: maybeTime,
  p99Ms: maybeTime,
  breaker: maybe(z.enum([...circuitStates, 'none'])),
  retriesPerSecond: maybeNumber,
  refusalsPerSecond: maybeNumber,
  fallbacksPerSecond: maybeNumber,
  timeoutsPerSecond: maybeNumber,
  hedgesPerSecond: maybeNumber,
  budgetRemaining: maybeNumber,
  running: maybeNumber,
  queued: maybeNumber,
  ejectedEndpoints: maybeNumber,
  notTold: maybe(z.string()),
})

export const edgeSchema: z.ZodType<EdgeStand> = z.strictObject({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  level,
  because: z.array(z.string()),
  optional: z.boolean(),
  signals: told(callSignals),
})
