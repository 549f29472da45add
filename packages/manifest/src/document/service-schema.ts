import { z } from 'zod'
import { type Enforcement, type ReleaseStrategy, serviceWords } from '../words/service-words.js'
import { reachWords } from '../words/reach-words.js'
import { consumptionSchema } from './event-schema.js'
import { readEndpoint } from './read-endpoint.js'
import { policySections } from './policy-schema.js'
import {
  durationSchema,
  later,
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

const operationKey = later(() =>
  z.string().regex(/^(GET|HEAD|OPTIONS|PUT|DELETE|POST|PATCH) \/\S{0,500}$/, {
    error: 'must be a method and a path, such as "POST /charges"',
  }),
)

export const fallbackSchema: z.ZodType<FallbackDocument> = later(() =>
  z
    .strictObject({
      status: optional(wholeNumber(200, 599)),
      body: optional(z.unknown()),
      queue: optional(nameSchema),
      cache: optional(z.strictObject({ maxAge: durationSchema })),
    })
    .refine(
      ({ status, queue, cache }) => [status, queue, cache].filter((kind) => kind !== undefined).length === 1,
      {
        error: 'must have exactly one of status, queue and cache',
      },
    ),
)

export const operationsSchema: z.ZodType<Readonly<Record<string, OperationDocument>>> = later(() =>
  z.record(
    operationKey,
    z.strictObject({
      idempotent: optional(z.union([z.boolean(), z.literal('by-key')])),
      description: optional(textSchema),
    }),
  ),
)

const callSchema: z.ZodType<CallDocument> = later(() =>
  z.strictObject({
    ...policySections.shape,
    policy: optional(nameSchema).describe('The name of a policy'),
    operations: optional(operationsSchema),
    fallback: optional(fallbackSchema),
    optional: optional(z.boolean()).describe('The caller is useful without this callee'),
    enforce: optional(enforcementSchema),
    clientAttempts: optional(wholeNumber(1, 100)).describe(
      "Attempts of the caller's own library (default 1)",
    ),
  }),
)

const probe = later(() =>
  z.union([pathSchema, z.strictObject({ path: pathSchema, checks: optional(z.array(nameSchema)) })]),
)

const objective = later(() =>
  z.strictObject({
    availability: optional(percentageSchema),
    latency: optional(
      z.strictObject({
        p50: optional(durationSchema),
        p95: optional(durationSchema),
        p99: optional(durationSchema),
      }),
    ),
    window: optional(durationSchema).describe('Default 30d'),
  }),
)

const reachTable: WordTable = {
  words: reachWords,
  groups: {
    connections: 'The connections that one caller keeps to each of its endpoints',
    shedding: 'Refuses what is more than its process can bear, there or in its sidecar; off by default',
  },
  offGroups: new Set(['shedding']),
}

const { health: _probing, ...reach } = shapeBelow(reachTable, '')

const endpointSchema = later(() =>
  z
    .string({ error: ENDPOINT })
    .regex(
      /^(https?:\/\/)?(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?)(:\d{1,5})?$/,
      {
        error: ENDPOINT,
      },
    )
    .refine((endpoint) => readEndpoint(endpoint) !== undefined, { error: ENDPOINT }),
)

const endpointsSchema = later(() => z.array(endpointSchema).min(1).max(10_000))

const callerSchema = later(
  () =>
    z.union([nameSchema, z.templateLiteral(['spiffe://', z.string().min(1).max(2_000)])], {
      error: 'must be the name of a service, gateway, or an identity such as spiffe://shop/order',
    }) as z.ZodType as z.ZodType<string>,
)

export const serviceSchema: z.ZodType<ServiceDocument> = z.strictObject({
  description: optional(textSchema),
  run: optional(textSchema).describe('The command that starts the service'),
  external: optional(
    z.boolean().describe('Run by somebody else: nothing is asked of it but what it promises. Default: false'),
  ),
  port: optional(portSchema),
  endpoints: optional(endpointsSchema),
  versions: optional(
    later(() =>
      z.record(
        nameSchema,
        z
          .strictObject({ port: optional(portSchema), endpoints: optional(endpointsSchema) })
          .refine(({ port, endpoints }) => port !== undefined || endpoints !== undefined, {
            error: 'must have port or endpoints',
          }),
      ),
    ),
  ),
  callers: optional(
    later(() =>
      z.union([z.literal('any'), z.array(callerSchema)], { error: 'must be any, or a list of names' }),
    ),
  ),
  sidecar: optional(
    later(() =>
      z.strictObject({
        application: optional(portSchema),
        outbound: optional(z.record(nameSchema, portSchema)),
      }),
    ),
  ),
  ...reach,
  enforce: optional(enforcementSchema).describe('The layer in which the policies of its calls run'),
  health: optional(
    later(() =>
      z.strictObject({
        live: optional(probe),
        ready: optional(probe),
        startup: optional(probe),
        ...shapeBelow(reachTable, 'health.'),
      }),
    ),
  ),
  objective: optional(objective),
  scale: optional(
    later(() =>
      z.strictObject({
        min: optional(wholeNumber(0, 10_000)),
        max: optional(wholeNumber(1, 10_000)),
        cpu: optional(percentageSchema),
        maxUnavailable: optional(wholeNumber(0, 10_000)).describe('Replicas away on purpose at one time'),
      }),
    ),
  ),
  capacity: optional(wholeNumber(1, 10_000_000)).describe('Requests that all replicas can work on at once'),
  drain: optional(durationSchema).describe('How long it finishes what is in flight before it stops'),
  state: optional(z.enum(serviceWords.state)).describe('Where state lives between requests'),
  release: optional(releaseSchema),
  callOrder: optional(
    z
      .enum(serviceWords.callOrder)
      .describe(
        'Whether the calls of one request follow each other, and add up, or the longest one counts. Default: parallel',
      ),
  ),
  calls: optional(later(() => z.record(nameSchema, callSchema))),
  publishes: optional(z.array(nameSchema)),
  consumes: optional(later(() => z.union([z.array(nameSchema), z.record(nameSchema, consumptionSchema)]))),
  outbox: optional(later(() => z.strictObject({ relay: optional(nameSchema) }))),
  store: optional(nameSchema),
  idempotency: optional(
    later(() => z.strictObject({ store: optional(nameSchema), cache: optional(nameSchema) })),
  ),
})
