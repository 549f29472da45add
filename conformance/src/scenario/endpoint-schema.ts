import { z } from 'zod'
import { countSchema, durationSchema, textSchema } from './schemas.js'

/** What an endpoint may do in place of an answer. */
const insteadSchema = z.enum(['reset', 'close', 'hang', 'garbage', 'refuse-stream', 'goaway'])

const replySchema = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
  body: textSchema.default(''),
  /** The body in chunks, without a length. */
  chunks: z.array(z.string()).optional(),
  /** Statuses sent before the answer, such as 103. */
  interim: z.array(z.int().min(100).max(199)).default([]),
  /** From the end of the request to the head of the answer. */
  delay: durationSchema.default(0),
  /** Between the head of the answer and its body. */
  pause: durationSchema.default(0),
  /** The body stops after so many bytes, and this happens. */
  cut: z.strictObject({ after: countSchema, by: z.enum(['reset', 'close', 'hang']) }).optional(),
  instead: insteadSchema.optional(),
  /** The answer is sent as soon as the head of the request is there. */
  early: z.boolean().default(false),
  /** How often this is done before the next reply has its turn. */
  times: z.int().min(1).default(1),
})

/** A status alone, a word for what is no answer, or all that there is to say. */
const replySchemas = z.union([
  z
    .int()
    .min(200)
    .max(599)
    .transform((status) => replySchema.parse({ status })),
  insteadSchema.transform((instead) => replySchema.parse({ instead })),
  replySchema,
])

const repliesSchema = z.array(replySchemas).min(1)

/** An endpoint of the callee and what it does, in order; its last reply stays in force. */
export const endpointSchema = z.union([
  repliesSchema.transform((replies) => ({ replies, each: undefined, listens: true })),
  /** The replies to the attempts of each call, in order. */
  z
    .strictObject({ each: repliesSchema })
    .transform(({ each }) => ({ replies: undefined, each, listens: true })),
  /** Nobody listens there: connections are refused. */
  z.literal('refuses').transform(() => ({ replies: undefined, each: undefined, listens: false })),
])

export type Reply = z.output<typeof replySchema>
export type EndpointScript = z.output<typeof endpointSchema>
