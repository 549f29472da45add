import { z } from 'zod'
import { NEEDS } from './needs.js'
import { durationSchema } from './schemas.js'
import { endpointSchema } from './endpoint-schema.js'
import { seenSchema } from './seen-schema.js'
import { stepSchema } from './step-schema.js'

const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'must be words joined by hyphens' })

/** A part of the document, in its own words; the manifest's reader checks it. */
const fragment = z.record(z.string(), z.unknown())

export const scenarioSchema = z.strictObject({
  name,
  /** The rule, in one sentence. */
  says: z.string().min(10).regex(/[^.]$/, { error: 'must not end with a full stop' }),
  /** The callee speaks it. */
  protocol: z.enum(['http1', 'h2']).default('http1'),
  /** How the call behaves. */
  policy: fragment.default({}),
  operations: fragment.optional(),
  fallback: fragment.optional(),
  /** How the callee says whether it takes requests, in the words of the document. */
  health: fragment.optional(),
  /** Objects of Istio, as YAML, in place of a policy and routes: a gateway takes its routes from them. */
  istio: z.string().optional(),
  /** Routes of a gateway, in order; without `match` and `to`, all requests go to the callee under `policy`. */
  routes: z.array(fragment).default([]),
  /** What a driver must be beside what the rest of the scenario shows. */
  needs: z.array(z.enum(NEEDS)).default([]),
  upstream: z.record(name, endpointSchema),
  steps: z.array(stepSchema).min(1),
  seen: seenSchema.default({}),
  /** Requests that would be one too many have this long to come. */
  quiet: durationSchema.default(20),
  /** No step takes longer; a step that does has failed. */
  within: durationSchema.default(30_000),
  /** Times are measured that others would disturb: a failure counts only of a run alone. */
  alone: z.boolean().default(false),
  /** Holds even where no policy is in force: what every caller of HTTP owes. */
  plain: z.boolean().default(false),
})

/** A file of scenarios about one thing. */
export const groupSchema = z.strictObject({
  about: z.string().min(10),
  scenarios: z.array(scenarioSchema).min(1),
})

export type Scenario = z.output<typeof scenarioSchema>
