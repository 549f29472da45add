import { z } from 'zod'
import { modeNames } from '../words/mode-names.js'
import { systemWords } from '../words/system-words.js'
import { brokerSchema, eventSchema, storeSchema } from './event-schema.js'
import { gatewaySchema } from './gateway-schema.js'
import { drillSchema } from './drill-schema.js'
import type { ManifestDocument } from './manifest-document.js'
import { monitoringSchema } from './monitoring-schema.js'
import { sagaSchema } from './saga-schema.js'
import { policySchema } from './policy-schema.js'
import {
  daySchema,
  durationSchema,
  later,
  nameSchema,
  optional,
  percentageSchema,
  textSchema,
  wholeNumber,
} from './schemas.js'
import { enforcementSchema, releaseSchema, serviceSchema } from './service-schema.js'

const meshSchema = later(() =>
  z.strictObject({
    kind: optional(z.enum(systemWords.mesh)),
    attempts: optional(wholeNumber(1, 100)).describe("Attempts of the mesh's own default retry (default 1)"),
    mutualTls: optional(z.boolean()),
  }),
)

const alert = later(() =>
  z.strictObject({
    service: nameSchema,
    burnRate: z.number({ error: 'must be a number above 0' }).positive().max(1_000_000),
    long: optional(durationSchema).describe('Default 1h'),
    short: optional(durationSchema).describe('Default 5m'),
  }),
)

const experiment = later(() =>
  z.strictObject({
    target: nameSchema,
    fault: z.enum(systemWords.fault),
    every: optional(durationSchema),
    share: optional(percentageSchema),
    description: optional(textSchema),
  }),
)

const findingRule = later(() =>
  z.strictObject({
    severity: z.enum(systemWords.severity),
    reason: textSchema.describe('Why this is right here'),
    at: optional(textSchema).describe('Only below this place, such as services.order'),
  }),
)

const platform = later(() =>
  z.strictObject({
    code: optional(textSchema).describe('Where the infrastructure is described as code'),
    release: optional(releaseSchema),
    telemetry: optional(
      z.strictObject({
        metrics: optional(textSchema),
        traces: optional(textSchema),
        logs: optional(textSchema),
      }),
    ),
  }),
)

/** The one source of the shape: it reads documents, and the JSON Schema for editors is generated from it. */
export const manifestSchema: z.ZodType<ManifestDocument> = z.strictObject({
  watertight: z.literal('v1').describe('The version of this format'),
  system: nameSchema.describe('The name of the system'),
  description: optional(textSchema),
  enforce: optional(enforcementSchema).describe('The layer in which policies run (default process)'),
  mode: optional(z.enum(modeNames)),
  reviewed: optional(daySchema).describe('The day on which people last looked at these thresholds'),
  policies: optional(z.record(nameSchema, policySchema)),
  services: z.record(nameSchema, serviceSchema),
  mutualTls: optional(z.boolean()),
  gateway: optional(gatewaySchema),
  mesh: optional(meshSchema),
  platform: optional(platform),
  stores: optional(later(() => z.record(nameSchema, storeSchema))),
  broker: optional(brokerSchema),
  events: optional(later(() => z.record(nameSchema, eventSchema))),
  sagas: optional(later(() => z.record(nameSchema, sagaSchema))),
  alerts: optional(later(() => z.record(nameSchema, alert))),
  monitoring: optional(monitoringSchema),
  chaos: optional(later(() => z.record(nameSchema, experiment))),
  drills: optional(later(() => z.record(nameSchema, drillSchema))),
  findings: optional(later(() => z.record(z.string(), z.union([findingRule, z.array(findingRule)])))),
})
