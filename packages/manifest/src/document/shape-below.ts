import { z } from 'zod'
import { DURATION_PATTERN, durationMs } from '../units/duration.js'
import { describeWord } from '../words/describe-word.js'
import { type AnswerCondition, failureWords } from '../words/failure-words.js'
import type { Word } from '../words/word.js'
import {
  durationSchema,
  later,
  optional,
  percentageSchema,
  sizeSchema,
  textSchema,
  wholeNumber,
} from './schemas.js'

/** A table of keys by their dotted names, and what the maps of keys among them are about. */
export interface WordTable {
  readonly words: Readonly<Record<string, Word>>
  readonly groups: Readonly<Record<string, string>>
  /** Maps in whose place `off` may stand. */
  readonly offGroups: ReadonlySet<string>
  /** Keys that a map of keys had formerly. */
  readonly formerKeys?: Readonly<Record<string, Shape>>
}

export type Shape = Record<string, z.ZodType>

export const off: z.ZodLiteral<'off'> = z.literal('off')

const { transport, status, grpc } = failureWords
const anyStatus = later(() => wholeNumber(400, 599))
const retryWords = [...status, ...transport, ...grpc]

const retryCondition = later(() =>
  z.union([z.enum(retryWords), anyStatus], {
    error: `must be ${retryWords.join(', ')} or a status from 400 to 599`,
  }),
)

const answerCondition = later(() =>
  z.union([z.enum(status), anyStatus], {
    error: ({ input }) =>
      [...transport, ...grpc].some((word) => word === input)
        ? `must be ${status.join(', ')} or a status from 400 to 599: what ends without an answer cannot be one`
        : `must be ${status.join(', ')} or a status from 400 to 599`,
  }),
)

export const answerList: z.ZodType<readonly AnswerCondition[]> = z.array(answerCondition).min(1).max(32)

const positivePercentageSchema = percentageSchema.refine((share) => Number.parseFloat(share) > 0, {
  error: 'must be a percentage above 0%, such as 50%',
})

/** With less than a millisecond a limit would fail every call, and nothing can be counted in so short a time. */
const positiveDurationSchema = durationSchema.refine(
  (text) => !DURATION_PATTERN.test(text) || durationMs(text) >= 1,
  {
    error: 'must be a duration of at least 1ms, such as 250ms or 3s',
  },
)

const hashKeySchema = later(() =>
  z.union(
    [
      z.strictObject({ header: textSchema.describe('The value of this header') }),
      z.strictObject({ cookie: textSchema.describe('The value of this cookie') }),
      z.strictObject({ query: textSchema.describe('The value of this parameter in the query') }),
      z.literal('ip'),
    ],
    { error: 'must be { header: x-user }, { cookie: session }, { query: user } or ip' },
  ),
)

function scalar(name: string, word: Word): z.ZodType {
  const { kind, range = [0, 0], choices = [] } = word
  switch (kind) {
    case 'duration':
      return word.mayBeZero === true ? durationSchema : positiveDurationSchema
    case 'share':
      return word.positive === true ? positivePercentageSchema : percentageSchema
    case 'count':
      return wholeNumber(...range)
    case 'size':
      return sizeSchema
    case 'flag':
      return z.boolean()
    case 'choice':
      return z.enum(choices)
    case 'hash-key':
      return hashKeySchema
    case 'conditions':
      return name === 'answers' ? answerList : z.array(retryCondition).min(1).max(32)
  }
}

/** The keys below a place, each with the meaning, the unit and the default that its word has. */
export function shapeBelow(table: WordTable, prefix: string): Shape {
  const shape: Shape = {}
  for (const [name, word] of Object.entries(table.words)) {
    if (!name.startsWith(prefix)) continue
    const [key = '', ...below] = name.slice(prefix.length).split('.')
    if (shape[key] !== undefined) continue
    if (below.length > 0) {
      shape[key] = optional(later(() => group(table, `${prefix}${key}`)))
      continue
    }
    const plain = scalar(name, word)
    const schema = (word.off === true ? z.union([off, plain]) : plain).describe(describeWord(word))
    shape[key] = word.required === true ? schema : optional(schema)
    if (word.former !== undefined) {
      shape[word.former] = optional(scalar(name, word).describe(`Formerly the name of ${key}: write ${key}`))
    }
  }
  return shape
}

function group(table: WordTable, name: string): z.ZodType {
  const schema = z.strictObject({ ...shapeBelow(table, `${name}.`), ...table.formerKeys?.[name] })
  const says = table.groups[name]
  const described = says === undefined ? schema : schema.describe(says)
  return table.offGroups.has(name) ? z.union([off, described]) : described
}
