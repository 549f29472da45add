import { z } from 'zod'
import type { Told } from '../model/told.js'

export function told<Value>(value: z.ZodType<Value>): z.ZodType<Told<Value>> {
  return z.discriminatedUnion('known', [
    z.strictObject({ known: z.literal(true), value }),
    z.strictObject({ known: z.literal(false), source: z.string(), reason: z.string() }),
  ])
}

/** Milliseconds since 1970, or a length of time in milliseconds. */
export const time: z.ZodType<number> = z.number().nonnegative()

export const count: z.ZodType<number> = z.int().nonnegative()

export const share: z.ZodType<number> = z.number().min(0).max(1)

/** Null for what is not known. */
export const maybe = <Value>(value: z.ZodType<Value>): z.ZodType<Value | null> => value.nullable()
