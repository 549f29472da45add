import { z } from 'zod'
import { type Duration, DURATION_PATTERN } from '../units/duration.js'
import { type Percentage, PERCENTAGE_PATTERN } from '../units/percentage.js'
import { type Size, SIZE_PATTERN } from '../units/size.js'

// Zod widens a pattern to string; the pattern itself is what makes these casts true.
function pattern(expression: RegExp, allowed: string, description: string): z.ZodString {
  return z.string({ error: allowed }).regex(expression, { error: allowed }).describe(description)
}

export const durationSchema: z.ZodType<Duration> = pattern(
  DURATION_PATTERN,
  'must be a duration with a unit, such as 250ms, 3s, 5m, 2h or 30d',
  'A duration with a unit: 250ms, 3s, 5m, 2h, 30d',
) as z.ZodType as z.ZodType<Duration>

export const percentageSchema: z.ZodType<Percentage> = pattern(
  PERCENTAGE_PATTERN,
  'must be a percentage from 0% to 100%, such as 50% or 99.9%',
  'A percentage from 0% to 100%',
) as z.ZodType as z.ZodType<Percentage>

export const sizeSchema: z.ZodType<Size> = pattern(
  SIZE_PATTERN,
  'must be a size with a unit, such as 512B, 64KiB, 2MiB, 10kB or 10MB',
  'A size with a unit: 64KiB, 2MiB, 10MB',
) as z.ZodType as z.ZodType<Size>

export const nameSchema: z.ZodString = pattern(
  /^[a-z][a-z0-9-]{0,62}$/,
  'must be a name of at most 63 lower-case letters, digits and dashes that starts with a letter',
  'Lower-case letters, digits and dashes, at most 63',
)

export const textSchema: z.ZodString = z
  .string({ error: 'must be a text' })
  .min(1, { error: 'must be a text that is not empty' })
  .max(1_000, { error: 'must be a text of at most 1000 characters' })

export const pathSchema: z.ZodString = pattern(
  /^\/[^\s]{0,500}$/,
  'must be a path that starts with /',
  'A path that starts with /',
)

export const webUrlSchema: z.ZodString = pattern(
  /^https?:\/\/[^\s]{1,500}$/,
  'must be a URL such as https://hooks.example/incidents',
  'A URL of http or https',
)

export const daySchema: z.ZodString = pattern(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  'must be a day, such as 2026-11-30',
  'A day, such as 2026-11-30',
)

export const portSchema: z.ZodInt = wholeNumber(1, 65_535)

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number): z.ZodInt {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/**
 * A key that may be absent. Zod's exact form runs the schema for absent keys too and throws its complaints away,
 * which for thousands of calls costs more than all checks; its plain form does not, and has the looser type.
 */
export function optional<Schema extends z.ZodType>(schema: Schema): z.ZodExactOptional<Schema> {
  return schema.optional() as z.ZodType as z.ZodExactOptional<Schema>
}

/**
 * A schema that is built when a document first has what it is for. Most documents have few of the sections, and to build
 * all of them takes longer than to read the document.
 */
export function later<Output>(build: () => z.ZodType<Output>): z.ZodType<Output> {
  const schema = z.lazy(build)
  // Asked whether it stands for an absent key, a lazy schema builds itself to find out. None of ours does.
  // oxlint-disable-next-line no-underscore-dangle -- the name that zod gives it
  Object.defineProperty(schema._zod, 'optin', { value: undefined })
  return schema
}
