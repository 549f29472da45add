import { z } from 'zod'
import type { PolicyDocument, PolicySections, RetryDocument, TimeoutDocument } from './policy-document.js'
import {
  durationSchema,
  nameSchema,
  optional,
  percentageSchema,
  textSchema,
  wholeNumber,
} from './scalar-schemas.js'

const off = z.literal('off')

export const timeoutSchema: z.ZodType<TimeoutDocument> = z.strictObject({
  connect: durationSchema.exactOptional().describe('How long opening a connection may take'),
  attempt: durationSchema.exactOptional().describe('How long one attempt may take'),
  total: durationSchema.exactOptional().describe('How long the caller waits in all'),
})

const RETRY_CLASSES = [
  '5xx',
  'gateway-error',
  'connect-failure',
  'refused-stream',
  'reset',
  'attempt-timeout',
  'retriable-4xx',
] as const

const retryCondition = z.union([z.enum(RETRY_CLASSES), wholeNumber(400, 599)], {
  error: `${RETRY_CLASSES.join(', ')} or a status from 400 to 599 is allowed`,
})

export const retrySchema: z.ZodType<RetryDocument> = z.strictObject({
  attempts: wholeNumber(1, 100).exactOptional().describe('Every try, the first included (default 3)'),
  on: z.array(retryCondition).min(1).max(32).exactOptional().describe('What may be tried again'),
  backoff: z
    .strictObject({
      initial: durationSchema.exactOptional().describe('First wait (default 100ms)'),
      max: durationSchema.exactOptional().describe('Longest wait (default 3s)'),
      jitter: z.enum(['full', 'equal', 'decorrelated', 'none']).exactOptional().describe('Default full'),
    })
    .exactOptional(),
  budget: z
    .union([
      off,
      z.strictObject({
        ratio: percentageSchema.exactOptional().describe('Share of calls that may be retries (default 20%)'),
        minimum: wholeNumber(0, 100_000).exactOptional().describe('Retries always allowed (default 3)'),
      }),
    ])
    .exactOptional(),
})

const breakerSchema = z.strictObject({
  window: z
    .strictObject({
      calls: wholeNumber(1, 100_000).exactOptional(),
      duration: durationSchema.exactOptional(),
    })
    .exactOptional()
    .describe('The last calls, or the calls of the last duration (default 100 calls)'),
  minimumCalls: wholeNumber(1, 100_000).exactOptional().describe('Judge nothing below this (default 10)'),
  failureRate: percentageSchema.exactOptional().describe('Open at this share of failures (default 50%)'),
  consecutiveFailures: wholeNumber(1, 100_000).exactOptional().describe('Open after this many in a row'),
  slowCalls: z
    .strictObject({ over: durationSchema, rate: percentageSchema.exactOptional() })
    .exactOptional()
    .describe('Open when this share of calls is slower than this'),
  openFor: durationSchema.exactOptional().describe('How long to refuse (default 30s)'),
  halfOpenCalls: wholeNumber(1, 1_000).exactOptional().describe('Probes before closing (default 5)'),
  answers: z
    .array(wholeNumber(500, 599))
    .min(1)
    .max(32)
    .exactOptional()
    .describe('Statuses from 500 on that are answers of the callee, not its failures (default none)'),
})

const bulkheadSchema = z.strictObject({
  concurrency: wholeNumber(1, 100_000).exactOptional().describe('Calls that run at once (default 10)'),
  queue: wholeNumber(0, 100_000).exactOptional().describe('Calls that may wait (default 10)'),
  maxWait: durationSchema.exactOptional().describe('How long a call may wait (default 100ms)'),
})

const ejectionSchema = z.strictObject({
  consecutiveFailures: wholeNumber(1, 100_000).exactOptional().describe('Default 5'),
  interval: durationSchema.exactOptional().describe('Default 10s'),
  baseEjection: durationSchema.exactOptional().describe('Default 30s'),
  maxEjected: percentageSchema.exactOptional().describe('Default 50%'),
})

const rateLimitSchema = z.strictObject({
  limit: wholeNumber(1, 10_000_000),
  per: durationSchema.exactOptional().describe('Default 1s'),
  burst: wholeNumber(1, 10_000_000).exactOptional(),
})

const hedgeSchema = z.strictObject({
  after: durationSchema,
  attempts: wholeNumber(1, 10).exactOptional().describe('Extra tries in parallel (default 1)'),
})

/** The fields that a named policy and a single call share. */
export const policySections: z.ZodObject<Sections> = z.strictObject({
  timeout: optional(z.union([off, timeoutSchema])),
  retry: optional(z.union([off, retrySchema])),
  breaker: optional(z.union([off, breakerSchema])),
  bulkhead: optional(z.union([off, bulkheadSchema])),
  ejection: optional(z.union([off, ejectionSchema])),
  rateLimit: optional(z.union([off, rateLimitSchema])),
  hedge: optional(z.union([off, hedgeSchema])),
  balance: optional(z.enum(['least-request', 'round-robin', 'peak-ewma', 'ring-hash'])),
  mode: z
    .enum(['enforce', 'observe'])
    .exactOptional()
    .describe('observe: decide and report, enforce nothing'),
})

type Sections = {
  [Key in keyof PolicySections]-?: z.ZodExactOptional<z.ZodType<NonNullable<PolicySections[Key]>>>
}

export const policySchema: z.ZodType<PolicyDocument> = z.strictObject({
  ...policySections.shape,
  description: textSchema.exactOptional(),
  extends: nameSchema.exactOptional().describe('The policy whose values hold where this one is silent'),
  instance: z
    .enum(['per-callee', 'shared'])
    .exactOptional()
    .describe('shared: one breaker and one bulkhead for all callees (default per-callee)'),
})
