import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PARTITIONS, partitionOf } from './partition-of.js'

test('the partition of a key is what it has always been: events lie where they were published', () => {
  const known = { '': 5, a: 12, 'order-1': 13, 'order-2': 4, ключ: 1, '𝄞': 8 }
  expect(Object.fromEntries(Object.keys(known).map((key) => [key, partitionOf(key)]))).toEqual(known)
})

test('every key has a partition', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      const partition = partitionOf(key)
      expect(Number.isInteger(partition) && partition >= 0 && partition < PARTITIONS).toBe(true)
    }),
  )
})

test('keys like those in use spread', () => {
  const counts = Array.from({ length: PARTITIONS }, () => 0)
  for (let index = 0; index < 16_000; index += 1) counts[partitionOf(`order-${index}`)]! += 1
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200)
})
