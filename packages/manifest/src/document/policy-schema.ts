import { z } from 'zod'
import { instanceNames } from '../words/instance-names.js'
import { policyWords } from '../words/policy-words.js'
import { describeWord } from '../words/describe-word.js'
import type { PolicyDocument, PolicySections } from './policy-document.js'
import { nameSchema, optional, textSchema } from './schemas.js'
import { answerList, off, shapeBelow, type WordTable } from './shape-below.js'

/** What the maps of keys are about. */
const GROUPS: Readonly<Record<string, string>> = {
  timeout: 'Time limits of one call; off removes them',
  retry: 'Retries of what failed; off removes inherited ones',
  'retry.backoff': 'The waits between tries',
  'retry.budget': 'How much of the traffic may be retries; off removes the limit',
  breaker: 'The circuit breaker: stops calling what mostly fails, and tries again later',
  'breaker.window': 'The calls by which the circuit is judged: a number of calls, or a duration',
  'breaker.slowCalls': 'Opens the circuit when too many calls are slow',
  bulkhead: 'How many calls may run at once and how many may wait',
  adaptiveLimit: 'How many calls may run at once, as they fare: fewer while the callee is slow or fails',
  ejection: 'Ejects single endpoints that fail while others answer',
  rateLimit: 'How many calls may start in a stretch of time',
  hedge: 'A second request beside one that is late, for operations that may be repeated',
}

const policyTable: WordTable = {
  words: policyWords,
  groups: GROUPS,
  offGroups: new Set(['retry.budget', ...Object.keys(GROUPS).filter((name) => !name.includes('.'))]),
  formerKeys: {
    breaker: { answers: optional(answerList.describe('Moved: write answers beside breaker')) },
  },
}

const sections = shapeBelow(policyTable, '')

/** The fields that a named policy and a single call share. */
export const policySections: z.ZodObject<Sections> = z.strictObject({
  ...sections,
  answers: optional(z.union([off, answerList]).describe(describeWord(policyWords.answers))),
}) as z.ZodType as z.ZodObject<Sections>

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
