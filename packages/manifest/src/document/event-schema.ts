import { z } from 'zod'
import { consumptionWords, eventWords } from '../words/event-words.js'
import { brokerNames } from '../words/protocol-names.js'
import { storeNames } from '../words/store-names.js'
import { serviceWords } from '../words/service-words.js'
import type { BrokerDocument, EventDocument, StoreDocument } from './data-document.js'
import { dataTable } from './data-table.js'
import { later, nameSchema, optional, textSchema } from './schemas.js'
import type { ConsumptionDocument } from './service-document.js'
import { shapeBelow } from './shape-below.js'
import { variableSchema } from './variable-schema.js'

const STORE =
  'must be embedded, postgres, redis, or a URL that begins with postgres://, redis://, rediss://, redis+sentinel:// or pglite:'

const urlSchema = z
  .string({ error: STORE })
  .max(2_000)
  .regex(/^(postgres(ql)?:\/\/\S+|rediss?:\/\/\S+|redis\+sentinel:\/\/\S+|pglite:\S+)$/, { error: STORE })

const BROKER = 'must be postgres, kafka, or a URL that begins with kafka:// or kafkas://'

const brokerUrlSchema = z
  .string({ error: BROKER })
  .max(2_000)
  .regex(/^kafkas?:\/\/\S+$/, { error: BROKER })

/** A URL, or the variable that has it. */
const addressSchema = (url: z.ZodType<string>) =>
  later(() =>
    z
      .strictObject({
        url: optional(url),
        env: optional(variableSchema),
      })
      .refine((given) => (given.url === undefined) !== (given.env === undefined), {
        error: 'must have exactly one of url and env',
      }),
  )

export const storeSchema: z.ZodType<StoreDocument> = later(
  () =>
    z.union([z.enum(storeNames), urlSchema, addressSchema(urlSchema)], {
      error: `${STORE}; or { url } or { env }`,
    }) as z.ZodType as z.ZodType<StoreDocument>,
)

export const brokerSchema: z.ZodType<BrokerDocument> = later(
  () =>
    z.union([z.enum(brokerNames), brokerUrlSchema, addressSchema(brokerUrlSchema)], {
      error: `${BROKER}; or { url } or { env }`,
    }) as z.ZodType as z.ZodType<BrokerDocument>,
)

export const eventSchema: z.ZodType<EventDocument> = later(
  () =>
    z.strictObject({
      description: optional(textSchema),
      topic: optional(nameSchema),
      key: optional(textSchema),
      schema: optional(textSchema),
      ...shapeBelow(dataTable(eventWords), ''),
    }) as z.ZodType as z.ZodType<EventDocument>,
)

export const consumptionSchema: z.ZodType<ConsumptionDocument> = later(
  () =>
    z.strictObject({
      idempotent: optional(z.union([z.enum(serviceWords.consumption), z.literal(false)])),
      deadLetter: optional(nameSchema),
      ...shapeBelow(dataTable(consumptionWords), ''),
    }) as z.ZodType as z.ZodType<ConsumptionDocument>,
)
