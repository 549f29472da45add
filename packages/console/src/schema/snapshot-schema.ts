import { z } from 'zod'
import type { ActionName, ActionStand } from '../model/action.js'
import type { CanaryStand } from '../model/canary-stand.js'
import type { FaultsStand } from '../model/fault-stand.js'
import type { MessagingStand } from '../model/messaging-stand.js'
import type { SagaSummary } from '../model/saga-summary.js'
import type { Snapshot } from '../model/snapshot.js'
import type { SourceStand } from '../model/source-stand.js'
import type { SystemEvent } from '../model/system-event.js'
import type { TraceSummary } from '../model/trace.js'
import { edgeSchema, serviceSchema } from './service-schema.js'
import { count, maybe, share, time, told } from './told.js'

const source: z.ZodType<SourceStand> = z.strictObject({
  name: z.string(),
  kind: z.enum(['supervisor', 'metrics', 'admin', 'prometheus', 'traces', 'store', 'document']),
  place: z.string(),
  state: z.enum(['ok', 'failing', 'waiting', 'absent']),
  reason: maybe(z.string()),
  answeredAt: maybe(time),
  tookMs: maybe(time),
})

const event: z.ZodType<SystemEvent> = z.strictObject({
  id: count,
  at: time,
  kind: z.enum(['breaker', 'process', 'deployment', 'scaling', 'ejection', 'fault', 'action', 'source']),
  level: z.enum(['info', 'warning', 'critical']),
  service: maybe(z.string()),
  edge: maybe(z.string()),
  text: z.string(),
})

const traceSummarySchema: z.ZodType<TraceSummary> = z.strictObject({
  traceId: z.string(),
  name: z.string(),
  service: z.string(),
  startedAt: time,
  durationMs: time,
  spanCount: count,
  services: z.array(z.string()),
  isError: z.boolean(),
  retries: count,
  refusals: count,
})

const sagaSummarySchema: z.ZodType<SagaSummary> = z.strictObject({
  id: z.string(),
  name: z.string(),
  version: count,
  key: maybe(z.string()),
  parent: maybe(z.string()),
  status: z.enum(['running', 'compensating', 'done', 'compensated', 'compensation-failed']),
  step: maybe(z.string()),
  startedAt: time,
  changedAt: time,
  dueAt: maybe(time),
  turnedBack: maybe(z.string()),
  canRetry: z.boolean(),
})

const messaging: z.ZodType<MessagingStand> = z.strictObject({
  outbox: z.strictObject({ events: count, bytes: count, ageMs: time, heldBackMs: time }),
  lags: z.array(
    z.strictObject({
      group: z.string(),
      topic: z.string(),
      events: maybe(count),
      ageMs: time,
      parked: count,
      deadLetters: count,
    }),
  ),
  deadLetters: z.array(
    z.strictObject({
      eventId: z.string(),
      group: z.string(),
      topic: z.string(),
      type: z.string(),
      key: maybe(z.string()),
      attempts: count,
      error: maybe(z.string()),
      parkedAt: time,
      waiting: count,
    }),
  ),
})

const offer = {
  id: z.string(),
  kind: z.enum(['delay', 'abort', 'freeze', 'kill']),
  target: z.string(),
  description: z.string(),
  delayMs: maybe(time),
  status: maybe(count),
  share: maybe(share),
  forMs: maybe(time),
}

const faults: z.ZodType<FaultsStand> = z.strictObject({
  offers: z.array(z.strictObject(offer)),
  active: z.array(
    z.strictObject({
      ...offer,
      startedAt: time,
      endsAt: maybe(time),
      hits: maybe(count),
      hitting: z.array(z.string()),
    }),
  ),
})

const canary: z.ZodType<CanaryStand> = z.strictObject({
  route: z.string(),
  match: z.string(),
  service: z.string(),
  shares: z.array(z.strictObject({ version: z.string(), weight: z.number().nonnegative(), share })),
})

const actionNames: readonly ActionName[] = [
  'restart',
  'kill',
  'scale',
  'redrive',
  'retry-saga',
  'start-fault',
  'stop-fault',
  'set-canary',
]

const action: z.ZodType<ActionStand> = z.strictObject({
  name: z.enum(actionNames),
  isPossible: z.boolean(),
  reason: maybe(z.string()),
})

export const snapshotSchema: z.ZodType<Snapshot> = z.strictObject({
  schemaVersion: z.literal(1),
  sequence: count,
  at: time,
  system: z.string(),
  windowMs: time,
  history: z.strictObject({ from: time, to: time, stepMs: time }),
  sources: z.array(source),
  services: z.array(serviceSchema),
  edges: z.array(edgeSchema),
  events: z.array(event),
  traces: told(z.array(traceSummarySchema)),
  sagas: told(z.array(sagaSummarySchema)),
  waiting: told(z.array(z.strictObject({ dependency: z.string(), sagas: count }))),
  messaging: told(messaging),
  faults: told(faults),
  canaries: z.array(canary),
  actions: z.array(action),
})
