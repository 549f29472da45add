import { z } from 'zod'
import { modeNames } from '../words/mode-names.js'
import { systemWords } from '../words/system-words.js'
import { eventSchema, storeSchema } from './event-schema.js'
import { gatewaySchema } from './gateway-schema.js'
import type { ManifestDocument } from './manifest-document.js'
import { sagaSchema } from './saga-schema.js'
import { policySchema } from './policy-schema.js'
import {
  daySchema,
  durationSchema,
  nameSchema,
  percentageSchema,
  textSchema,
  wholeNumber,
} from './schemas.js'
import { enforcementSchema, releaseSchema, serviceSchema } from './service-schema.js'

const meshSchema = z.strictObject({
  kind: z.enum(systemWords.mesh).exactOptional(),
  attempts: wholeNumber(1, 100)
    .exactOptional()
    .describe("Attempts of the mesh's own default retry (default 1)"),
  mutualTls: z.boolean().exactOptional(),
})

const alert = z.strictObject({
  service: nameSchema,
  burnRate: z.number({ error: 'must be a number above 0' }).positive().max(1_000_000),
  long: durationSchema.exactOptional().describe('Default 1h'),
  short: durationSchema.exactOptional().describe('Default 5m'),
})

const experiment = z.strictObject({
  target: nameSchema,
  fault: z.enum(systemWords.fault),
  every: durationSchema.exactOptional(),
  share: percentageSchema.exactOptional(),
  description: textSchema.exactOptional(),
})

const findingRule = z.strictObject({
  severity: z.enum(systemWords.severity),
  reason: textSchema.describe('Why this is right here'),
  at: textSchema.exactOptional().describe('Only below this place, such as services.order'),
})

const platform = z.strictObject({
  code: textSchema.exactOptional().describe('Where the infrastructure is described as code'),
  release: releaseSchema.exactOptional(),
  telemetry: z
    .strictObject({
      metrics: textSchema.exactOptional(),
      traces: textSchema.exactOptional(),
      logs: textSchema.exactOptional(),
    })
    .exactOptional(),
})

/** The one source of the shape: it reads documents, and the JSON Schema for editors is generated from it. */
export const manifestSchema: z.ZodType<ManifestDocument> = z.strictObject({
  watertight: z.literal('v1').describe('The version of this format'),
  system: nameSchema.describe('The name of the system'),
  description: textSchema.exactOptional(),
  enforce: enforcementSchema.exactOptional().describe('The layer in which policies run (default process)'),
  mode: z.enum(modeNames).exactOptional(),
  reviewed: daySchema.exactOptional().describe('The day on which people last looked at these thresholds'),
  policies: z.record(nameSchema, policySchema).exactOptional(),
  services: z.record(nameSchema, serviceSchema),
  mutualTls: z.boolean().exactOptional(),
  gateway: gatewaySchema.exactOptional(),
  mesh: meshSchema.exactOptional(),
  platform: platform.exactOptional(),
  stores: z.record(nameSchema, storeSchema).exactOptional(),
  events: z.record(nameSchema, eventSchema).exactOptional(),
  sagas: z.record(nameSchema, sagaSchema).exactOptional(),
  alerts: z.record(nameSchema, alert).exactOptional(),
  chaos: z.record(nameSchema, experiment).exactOptional(),
  drills: z.record(nameSchema, z.strictObject({ every: durationSchema, story: textSchema })).exactOptional(),
  findings: z.record(z.string(), z.union([findingRule, z.array(findingRule)])).exactOptional(),
})
