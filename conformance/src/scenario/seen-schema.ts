import { z } from 'zod'
import {
  boundsSchema,
  countSchema,
  countsSchema,
  durationSchema,
  headerPatternSchema,
  shareSchema,
  textSchema,
} from './schemas.js'

/** One request as an endpoint received it. */
const requestPattern = z.strictObject({
  at: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  headers: headerPatternSchema.default({}),
  body: textSchema.optional(),
})

/** What the endpoints must have seen in the end. What is left out is not looked at. */
export const seenSchema = z.strictObject({
  /** Requests in all, or at each endpoint. */
  requests: z.union([countsSchema, z.record(z.string(), countsSchema)]).optional(),
  /** Requests at the endpoints, from the least to the most: for where chance says which endpoint is which. */
  loads: z.array(countsSchema).optional(),
  /** All requests, in the order in which they came. */
  attempts: z.array(requestPattern).optional(),
  /** What holds for every request. */
  every: requestPattern.optional(),
  /** Headers that have one value on all attempts of a call. */
  constant: z.array(z.string()).optional(),
  /** Headers whose number goes down from one attempt of a call to the next. */
  falling: z.array(z.string()).optional(),
  /** Between the attempts of a call, from one request to the next: the first pause, the second ... */
  gaps: z.array(boundsSchema(durationSchema)).optional(),
  /** How the first pauses of many calls spread evenly from nothing, or half, to the limit. */
  jitter: z.strictObject({ from: durationSchema, to: durationSchema, samples: countSchema }).optional(),
  /** Silence at an endpoint: between its request of this number and the next. */
  silence: z
    .array(z.strictObject({ at: z.string(), after: z.int().min(1), for: boundsSchema(durationSchema) }))
    .optional(),
  /** Connections that were opened, at all endpoints together. */
  connections: countsSchema.optional(),
  /** Most requests under way at one time, at all endpoints together. */
  atOnce: countsSchema.optional(),
  /** Requests that were given up before their answer was complete. */
  abandoned: countsSchema.optional(),
  /** The share of requests at each endpoint, as chance has it. */
  share: z.record(z.string(), shareSchema).optional(),
  /** Requests of one path come to one endpoint, as long as the endpoints are the same. */
  affinity: z.literal(true).optional(),
  /** The share of paths that have another endpoint since the endpoints changed. */
  moved: boundsSchema(shareSchema).optional(),
})

export type Seen = z.output<typeof seenSchema>
export type RequestPattern = z.output<typeof requestPattern>
