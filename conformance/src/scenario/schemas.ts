import { type Duration, durationMs, type Percentage, percentageShare } from '@watertight/manifest/units'
import { z } from 'zod'

/** From both ends, both included. */
export interface Bounds {
  readonly atLeast: number
  readonly atMost: number
}

/** Such as `250ms`; read as milliseconds. */
export const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, { error: 'must be a duration such as 250ms' })
  .transform((text) => durationMs(text as Duration))

/** Such as `25%`; read as a share from 0 to 1. */
export const shareSchema = z
  .string()
  .regex(/^\d{1,3}(\.\d+)?%$/, { error: 'must be a share such as 25%' })
  .transform((text) => percentageShare(text as Percentage))

export const countSchema = z.int({ error: 'must be a whole number >= 0' }).min(0)

/** `3` says exactly three; `{ atLeast: 2, atMost: 4 }` says the ends, of which one may be missing. */
export const countsSchema = z.union([
  countSchema.transform((count): Bounds => ({ atLeast: count, atMost: count })),
  boundsSchema(countSchema),
])

export function boundsSchema<Unit extends z.ZodType<number>>(unit: Unit) {
  return z
    .strictObject({ atLeast: unit.optional(), atMost: unit.optional() })
    .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, {
      error: 'must have atLeast or atMost',
    })
    .transform(({ atLeast = 0, atMost = Infinity }): Bounds => ({ atLeast, atMost }))
}

/** A header's value, or `null` for a header that must not be there. `*` stands for any value. */
export const headerPatternSchema = z.record(z.string(), z.string().nullable())

/** Text as it is, or `{ bytes: 70000 }` for so many letters x. */
export const textSchema = z.union([
  z.string(),
  z.strictObject({ bytes: countSchema }).transform(({ bytes }) => 'x'.repeat(bytes)),
])
