import { z } from 'zod'
import { type Enforcement, type ReleaseStrategy, serviceWords } from '../words/service-words.js'
import { reachWords } from '../words/reach-words.js'
import { consumptionSchema } from './event-schema.js'
import { readEndpoint } from './read-endpoint.js'
import { policySections } from './policy-schema.js'
import {
  durationSchema,
  nameSchema,
  optional,
  pathSchema,
  percentageSchema,
  portSchema,
  textSchema,
  wholeNumber,
} from './schemas.js'
import { shapeBelow, type WordTable } from './shape-below.js'
import type {
  CallDocument,
  FallbackDocument,
  OperationDocument,
  ServiceDocument,
} from './service-document.js'

const ENDPOINT =
  'must be host:port, such as 127.0.0.1:7001, or a URL without a path, such as https://bank.example'

export const enforcementSchema: z.ZodType<Enforcement> = z.enum(serviceWords.enforcement)

export const releaseSchema: z.ZodType<ReleaseStrategy> = z.enum(serviceWords.release)

const operationKey = z.string().regex(/^(GET|HEAD|OPTIONS|PUT|DELETE|POST|PATCH) \/\S{0,500}$/, {
  error: 'must be a method and a path, such as "POST /charges"',
})

export const fallbackSchema: z.ZodType<FallbackDocument> = z
  .strictObject({
    status: wholeNumber(200, 599).exactOptional(),
    body: z.unknown().exactOptional(),
    queue: nameSchema.exactOptional(),
    cache: z.strictObject({ maxAge: durationSchema }).exactOptional(),
  })
  .refine(
    ({ status, queue, cache }) => [status, queue, cache].filter((kind) => kind !== undefined).length === 1,
    {
      error: 'must have exactly one of status, queue and cache',
    },
  )

export const operationsSchema: z.ZodType<Readonly<Record<string, OperationDocument>>> = z.record(
  operationKey,
  z.strictObject({
    idempotent: z.union([z.boolean(), z.literal('by-key')]).exactOptional(),
    description: textSchema.exactOptional(),
  }),
)

const callSchema: z.ZodType<CallDocument> = z.strictObject({
  ...policySections.shape,
  policy: nameSchema.exactOptional().describe('The name of a policy'),
  operations: optional(operationsSchema),
  fallback: optional(fallbackSchema),
  optional: z.boolean().exactOptional().describe('The caller is useful without this callee'),
  enforce: optional(enforcementSchema),
  clientAttempts: wholeNumber(1, 100)
    .exactOptional()
    .describe("Attempts of the caller's own library (default 1)"),
})

const probe = z.union([
  pathSchema,
  z.strictObject({ path: pathSchema, checks: z.array(nameSchema).exactOptional() }),
])

const objective = z.strictObject({
  availability: percentageSchema.exactOptional(),
  latency: z
    .strictObject({
      p50: durationSchema.exactOptional(),
      p95: durationSchema.exactOptional(),
      p99: durationSchema.exactOptional(),
    })
    .exactOptional(),
  window: durationSchema.exactOptional().describe('Default 30d'),
})

const reachTable: WordTable = {
  words: reachWords,
  groups: { connections: 'The connections that one caller keeps to each of its endpoints' },
  offGroups: new Set(),
}

const { health: _probing, ...reach } = shapeBelow(reachTable, '')

const endpointSchema = z
  .string({ error: ENDPOINT })
  .regex(
    /^(https?:\/\/)?(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?)(:\d{1,5})?$/,
    {
      error: ENDPOINT,
    },
  )
  .refine((endpoint) => readEndpoint(endpoint) !== undefined, { error: ENDPOINT })

const endpointsSchema = z.array(endpointSchema).min(1).max(10_000)

const callerSchema = z.union([nameSchema, z.templateLiteral(['spiffe://', z.string().min(1).max(2_000)])], {
  error: 'must be the name of a service, gateway, or an identity such as spiffe://shop/order',
}) as z.ZodType as z.ZodType<string>

export const serviceSchema: z.ZodType<ServiceDocument> = z.strictObject({
  description: textSchema.exactOptional(),
  run: textSchema.exactOptional().describe('The command that starts the service'),
  external: optional(
    z.boolean().describe('Run by somebody else: nothing is asked of it but what it promises. Default: false'),
  ),
  port: portSchema.exactOptional(),
  endpoints: optional(endpointsSchema),
  versions: optional(
    z.record(
      nameSchema,
      z
        .strictObject({ port: optional(portSchema), endpoints: optional(endpointsSchema) })
        .refine(({ port, endpoints }) => port !== undefined || endpoints !== undefined, {
          error: 'must have port or endpoints',
        }),
    ),
  ),
  callers: optional(
    z.union([z.literal('any'), z.array(callerSchema)], { error: 'must be any, or a list of names' }),
  ),
  sidecar: z
    .strictObject({ application: optional(portSchema), outbound: optional(z.record(nameSchema, portSchema)) })
    .exactOptional(),
  ...reach,
  enforce: optional(enforcementSchema).describe('The layer in which the policies of its calls run'),
  health: z
    .strictObject({
      live: optional(probe),
      ready: optional(probe),
      startup: optional(probe),
      ...shapeBelow(reachTable, 'health.'),
    })
    .exactOptional(),
  objective: optional(objective),
  scale: z
    .strictObject({
      min: wholeNumber(0, 10_000).exactOptional(),
      max: wholeNumber(1, 10_000).exactOptional(),
      cpu: percentageSchema.exactOptional(),
      maxUnavailable: wholeNumber(0, 10_000).exactOptional().describe('Replicas away on purpose at one time'),
    })
    .exactOptional(),
  capacity: wholeNumber(1, 10_000_000)
    .exactOptional()
    .describe('Requests that all replicas can work on at once'),
  drain: durationSchema.exactOptional().describe('How long it finishes what is in flight before it stops'),
  state: z.enum(serviceWords.state).exactOptional().describe('Where state lives between requests'),
  release: optional(releaseSchema),
  callOrder: optional(
    z
      .enum(serviceWords.callOrder)
      .describe(
        'Whether the calls of one request follow each other, and add up, or the longest one counts. Default: parallel',
      ),
  ),
  calls: z.record(nameSchema, callSchema).exactOptional(),
  publishes: z.array(nameSchema).exactOptional(),
  consumes: z.union([z.array(nameSchema), z.record(nameSchema, consumptionSchema)]).exactOptional(),
  outbox: z.strictObject({ relay: nameSchema.exactOptional() }).exactOptional(),
  store: optional(nameSchema),
  idempotency: optional(z.strictObject({ store: nameSchema })),
})
