import { z } from 'zod'
import { boundsSchema, countsSchema, durationSchema, headerPatternSchema, textSchema } from './schemas.js'

/**
 * Why a caller has no answer, in words that hold for an error in a process as well as for the status with which a proxy
 * tells it: `timeout` is a `TimeoutError` there and a 504 here.
 */
export const FAILURES = [
  'timeout',
  'connect-failure',
  'refused-stream',
  'reset',
  'protocol-error',
  'circuit-open',
  'overflow',
  'rate-limited',
  'no-endpoint',
  'aborted',
  'closed',
] as const

export type Failure = (typeof FAILURES)[number]

/** How a proxy says in its access log why a request ended as it did: Envoy's response flags. */
const FLAGS = ['DI', 'FI', 'NR', 'RL', 'UC', 'UF', 'UH', 'UO', 'UPE', 'UR', 'URX', 'UT'] as const

const outcomeSchema = z.union([z.int().min(100).max(599), z.enum(FAILURES)])

const answerPattern = z.strictObject({
  outcome: outcomeSchema,
  headers: headerPatternSchema.default({}),
  body: textSchema.optional(),
  /** The body ended before its end, for this reason. */
  cut: z.enum(FAILURES).optional(),
  /** A proxy explains it by this flag, among others. */
  flag: z.enum(FLAGS).optional(),
  /** From the request to the end of the answer or the failure. */
  took: boundsSchema(durationSchema).optional(),
})

/** What one caller must see: a status, a failure, or more about either. */
const answerPatternSchema = z.union([
  outcomeSchema.transform((outcome) => answerPattern.parse({ outcome })),
  answerPattern,
])

/** `GET /path`, where `{n}` in the path becomes the number of the request within its step. */
const requestLine = z.string().regex(/^(GET|HEAD|OPTIONS|PUT|DELETE|POST|PATCH) \/\S*$/, {
  error: 'must be a method and a path such as GET /',
})

const bodySchema = z.union([
  textSchema.transform((text) => ({ parts: [text], everyMs: 0, streamed: false })),
  /** Sent in parts, as the caller has them: a stream of unknown length. */
  z
    .strictObject({ parts: z.array(textSchema).min(1), every: durationSchema.default(0) })
    .transform(({ parts, every }) => ({ parts, everyMs: every, streamed: true })),
])

const sendSchema = z.strictObject({
  send: requestLine,
  headers: z.record(z.string(), z.string()).default({}),
  body: bodySchema.optional(),
  /** How many requests, one after the other unless `together`. */
  times: z.int().min(1).max(5_000).default(1),
  /** All at one time, or so many at a time. */
  together: z.union([z.literal(true).transform(() => Infinity), z.int().min(2)]).default(1),
  /** A pause between two; together with `together`, between their starts. */
  every: durationSchema.default(0),
  /** Goes on until a request ends this way, or for at most `times`. */
  until: outcomeSchema.optional(),
  /** The caller gives up after this long. */
  giveUpAfter: durationSchema.optional(),
  /** The next step begins while this one is still under way. */
  meanwhile: z.boolean().default(false),
  /** All of them, or one by one in the order of sending. */
  answers: z.union([answerPatternSchema, z.array(answerPatternSchema)]).optional(),
  /** How many ended in which way, in whatever order. */
  counts: z.record(z.string(), countsSchema).optional(),
})

const endpointNames = z.array(z.string()).min(1)

/** Requests that each endpoint has received so far. */
const requestCounts = z.record(z.string(), countsSchema)

export const stepSchema = z.union([
  sendSchema,
  /** Nothing happens for so long: for what only time can do. */
  z.strictObject({ wait: durationSchema }),
  /** Until the endpoints have received so many requests. */
  z.strictObject({ until: requestCounts }),
  z.strictObject({ seen: requestCounts }),
  /** An endpoint stops listening and cuts its connections, and listens again. */
  z.strictObject({ down: z.string() }),
  z.strictObject({ up: z.string() }),
  /** From here on the callee is at these endpoints. */
  z.strictObject({ endpoints: endpointNames }),
  /** From here on this policy is in force, without a restart. */
  z.strictObject({ reload: z.record(z.string(), z.unknown()) }),
  /** Takes no more requests, and ends when those under way have ended. */
  z.strictObject({ drain: z.literal(true) }),
])

export type Step = z.output<typeof stepSchema>
export type Send = z.output<typeof sendSchema>
export type AnswerPattern = z.output<typeof answerPattern>
export type RequestBody = z.output<typeof bodySchema>
