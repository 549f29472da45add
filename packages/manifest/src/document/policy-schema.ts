import { z } from 'zod'
import { failureWords } from '../words/failure-words.js'
import { instanceNames } from '../words/instance-names.js'
import { policyWords } from '../words/policy-words.js'
import type { Word } from '../words/word.js'
import { describeWord } from '../words/describe-word.js'
import type { PolicyDocument, PolicySections, RetryDocument, TimeoutDocument } from './policy-document.js'
import { durationSchema, nameSchema, optional, percentageSchema, textSchema, wholeNumber } from './schemas.js'

const off = z.literal('off')

const { transport, status } = failureWords
const anyStatus = wholeNumber(400, 599)

const retryCondition = z.union([z.enum([...status, ...transport]), anyStatus], {
  error: `must be ${[...status, ...transport].join(', ')} or a status from 400 to 599`,
})

const answerCondition = z.union([z.enum(status), anyStatus], {
  error: ({ input }) =>
    transport.some((word) => word === input)
      ? `must be ${status.join(', ')} or a status from 400 to 599: what ends without an answer cannot be one`
      : `must be ${status.join(', ')} or a status from 400 to 599`,
})

const positivePercentageSchema = percentageSchema.refine((share) => Number.parseFloat(share) > 0, {
  error: 'must be a percentage above 0%, such as 50%',
})

const answerList = z.array(answerCondition).min(1).max(32)

/** Statuses that are answers; `off` removes inherited ones. */
export const answersSchema: z.ZodType<NonNullable<PolicyDocument['answers']>> = z.union([off, answerList])

function scalar(name: string, word: Word): z.ZodType {
  const { kind, range = [0, 0], choices = [] } = word
  switch (kind) {
    case 'duration':
      return durationSchema
    case 'share':
      return word.positive === true ? positivePercentageSchema : percentageSchema
    case 'count':
      return wholeNumber(...range)
    case 'choice':
      return z.enum(choices)
    case 'conditions':
      return name === 'answers' ? answerList : z.array(retryCondition).min(1).max(32)
  }
}

type Shape = Record<string, z.ZodType>

/** The keys below a place, each with the meaning, the unit and the default that its word has. */
function shapeBelow(prefix: string): Shape {
  const shape: Shape = {}
  for (const [name, word] of Object.entries(policyWords)) {
    if (!name.startsWith(prefix)) continue
    const [key = '', ...below] = name.slice(prefix.length).split('.')
    if (shape[key] !== undefined) continue
    if (below.length > 0) {
      shape[key] = optional(group(`${prefix}${key}`))
      continue
    }
    const schema = scalar(name, word).describe(describeWord(word))
    shape[key] = word.required === true ? schema : optional(schema)
    if (word.former !== undefined) {
      shape[word.former] = optional(scalar(name, word).describe(`Formerly the name of ${key}: write ${key}`))
    }
  }
  return shape
}

function group(name: string): z.ZodType {
  const schema = z.strictObject({ ...shapeBelow(`${name}.`), ...formerKeys[name] })
  const says = GROUPS[name]
  const described = says === undefined ? schema : schema.describe(says)
  return name === 'retry.budget' || !name.includes('.') ? z.union([off, described]) : described
}

const formerKeys: Readonly<Record<string, Shape>> = {
  breaker: { answers: optional(answerList.describe('Moved: write answers beside breaker')) },
}

/** What the maps of keys are about. */
const GROUPS: Readonly<Record<string, string>> = {
  timeout: 'Time limits of one call; off removes them',
  retry: 'Trying again what failed; off removes an inherited one',
  'retry.backoff': 'The waits between tries',
  'retry.budget': 'How much of the traffic may be further tries; off removes the limit',
  breaker: 'The circuit breaker: stops calling what mostly fails, and tries again later',
  'breaker.window': 'The calls by which the circuit is judged: a number of calls, or a duration',
  'breaker.slowCalls': 'Opens the circuit when too many calls are slow',
  bulkhead: 'How many calls may run at once and how many may wait',
  ejection: 'Leaves single endpoints alone that fail while others answer',
  rateLimit: 'How many calls may start in a stretch of time',
  hedge: 'A second request beside one that is late, for operations that may be repeated',
}

const sections = shapeBelow('')

/** The fields that a named policy and a single call share. */
export const policySections: z.ZodObject<Sections> = z.strictObject({
  ...sections,
  answers: optional(answersSchema.describe(describeWord(policyWords.answers))),
}) as z.ZodType as z.ZodObject<Sections>

export const timeoutSchema: z.ZodType<TimeoutDocument> = z.strictObject(
  shapeBelow('timeout.'),
) as z.ZodType as z.ZodType<TimeoutDocument>

export const retrySchema: z.ZodType<RetryDocument> = z.strictObject(
  shapeBelow('retry.'),
) as z.ZodType as z.ZodType<RetryDocument>

type Sections = {
  [Key in keyof PolicySections]-?: z.ZodExactOptional<z.ZodType<NonNullable<PolicySections[Key]>>>
}

export const policySchema: z.ZodType<PolicyDocument> = z.strictObject({
  ...policySections.shape,
  description: optional(textSchema.describe('For people')),
  extends: optional(nameSchema.describe('The policy whose values hold where this one is silent')),
  instance: optional(
    z
      .enum(instanceNames)
      .describe('shared: one breaker and one bulkhead for all callees (default per-callee)'),
  ),
})
