import { z } from 'zod'
import { consumptionWords, eventWords, sagaStepWords, sagaWords } from '../words/data-words.js'
import { serviceWords } from '../words/service-words.js'
import type { Word } from '../words/word.js'
import type { EventDocument, SagaDocument, StoreDocument } from './data-document.js'
import { durationSchema, nameSchema, optional, textSchema } from './schemas.js'
import type { ConsumptionDocument } from './service-document.js'
import { shapeBelow, type WordTable } from './shape-below.js'

const RETRY = 'How often it is tried'
const BACKOFF = 'How long it waits between two tries'

const tableOf = (words: Readonly<Record<string, Word>>): WordTable => ({
  words,
  groups: {
    retry: RETRY,
    'retry.backoff': BACKOFF,
    compensation: 'How it is undone',
    'compensation.retry': RETRY,
    'compensation.retry.backoff': BACKOFF,
  },
  offGroups: new Set(),
})

const STORE =
  'must be embedded, or a URL that begins with postgres://, redis://, rediss://, redis+sentinel:// or pglite:'

const urlSchema = z
  .string({ error: STORE })
  .max(2_000)
  .regex(/^(postgres(ql)?:\/\/\S+|rediss?:\/\/\S+|redis\+sentinel:\/\/\S+|pglite:\S+)$/, { error: STORE })

const addressSchema = z
  .strictObject({
    url: optional(urlSchema),
    env: optional(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
        error: 'must be the name of a variable, such as DATABASE_URL',
      }),
    ),
  })
  .refine(({ url, env }) => (url === undefined) !== (env === undefined), {
    error: 'must have exactly one of url and env',
  })

export const storeSchema: z.ZodType<StoreDocument> = z.union(
  [z.literal('embedded'), urlSchema, addressSchema],
  {
    error: `${STORE}; or { url } or { env }`,
  },
) as z.ZodType as z.ZodType<StoreDocument>

export const eventSchema: z.ZodType<EventDocument> = z.strictObject({
  description: optional(textSchema),
  topic: optional(nameSchema),
  key: optional(textSchema),
  schema: optional(textSchema),
  ...shapeBelow(tableOf(eventWords), ''),
}) as z.ZodType as z.ZodType<EventDocument>

export const consumptionSchema: z.ZodType<ConsumptionDocument> = z.strictObject({
  idempotent: z.union([z.enum(serviceWords.consumption), z.literal(false)]).exactOptional(),
  deadLetter: nameSchema.exactOptional(),
  ...shapeBelow(tableOf(consumptionWords), ''),
}) as z.ZodType as z.ZodType<ConsumptionDocument>

const branchShape = {
  name: nameSchema,
  service: optional(nameSchema),
  operation: optional(textSchema),
  compensate: optional(textSchema),
  signal: optional(nameSchema),
  sleep: optional(durationSchema),
  saga: optional(nameSchema),
  ...shapeBelow(tableOf(sagaStepWords), ''),
}

/** Of the things that a step may be, it is one. */
function isOneThing(step: object, kinds: readonly string[]): boolean {
  return kinds.filter((kind) => (step as Record<string, unknown>)[kind] !== undefined).length <= 1
}

const branch = z
  .strictObject(branchShape)
  .refine((step) => isOneThing(step, ['operation', 'signal', 'sleep', 'saga']), {
    error: 'must have at most one of operation, signal, sleep and saga',
  })

const step = z
  .strictObject({ ...branchShape, parallel: optional(z.array(branch).min(1).max(100)) })
  .refine((given) => isOneThing(given, ['operation', 'signal', 'sleep', 'saga', 'parallel']), {
    error: 'must have at most one of operation, signal, sleep, saga and parallel',
  })

export const sagaSchema: z.ZodType<SagaDocument> = z.strictObject({
  description: optional(textSchema),
  service: optional(nameSchema),
  ...shapeBelow(tableOf(sagaWords), ''),
  steps: z.array(step).min(1).max(1_000),
}) as z.ZodType as z.ZodType<SagaDocument>
