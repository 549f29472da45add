import { z } from 'zod'
import { monitoringNames } from '../words/monitoring-names.js'
import type { MonitoringDocument } from './monitoring-document.js'
import { later, optional } from './schemas.js'
import { variableSchema } from './variable-schema.js'

const WEBHOOK = 'must be a URL that begins with http:// or https://, or { env: NAME }'

const webhook = later(() =>
  z.union(
    [
      z
        .string()
        .max(2_000)
        .regex(/^https?:\/\/\S+$/),
      z.strictObject({ env: variableSchema }),
    ],
    { error: WEBHOOK },
  ),
)

export const monitoringSchema: z.ZodType<MonitoringDocument> = later(() =>
  z.strictObject({
    metrics: optional(z.enum(monitoringNames.metrics)),
    alerts: optional(z.enum(monitoringNames.alerts)),
    traces: optional(z.enum(monitoringNames.traces)),
    webhook: optional(webhook),
  }),
)
