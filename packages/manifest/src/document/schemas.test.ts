import { expect, it } from 'vitest'
import { z } from 'zod'
import { later, optional, wholeNumber } from './schemas.js'

it('a section is built once, when a document first has it', () => {
  let built = 0
  const section = later(() => {
    built += 1
    return z.strictObject({ port: wholeNumber(1, 9) })
  })
  const schema = z.strictObject({ name: z.string(), gateway: optional(section) })
  expect(schema.safeParse({ name: 'a' }).success).toBe(true)
  expect(schema.safeParse({ name: 1, gatway: {} }).success).toBe(false)
  expect(built).toBe(0)
  expect(schema.safeParse({ name: 'a', gateway: { port: 3 } }).success).toBe(true)
  expect(schema.safeParse({ name: 'a', gateway: { port: 0 } }).error?.issues[0]?.path).toEqual([
    'gateway',
    'port',
  ])
  expect(built).toBe(1)
})
