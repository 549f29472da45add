import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countsSince, ExponentialBuckets, type ExponentialCounts } from './exponential-buckets.js'

function bucketsOf(values: Iterable<number>): ExponentialBuckets {
  const buckets = new ExponentialBuckets()
  for (const value of values) buckets.record(value)
  return buckets
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

/** How many of the values lie in each bucket, by the definition: above `base ** index`, at most `base ** (index + 1)`. */
function expected(values: readonly number[], { scale, offset, counts }: ExponentialCounts): number[] {
  const bound = (index: number): number => 2 ** (index * 2 ** -scale)
  return counts.map(
    (_, position) =>
      values.filter((value) => value > bound(offset + position) && value <= bound(offset + position + 1))
        .length,
  )
}

it('is as fine as 160 buckets allow', () => {
  expect(bucketsOf([1.5]).read()).toMatchObject({ scale: 20, counts: [1] })
  const { scale, counts } = bucketsOf([0.001, 1]).read()
  expect(counts.length).toBeLessThanOrEqual(160)
  expect(counts.length).toBeGreaterThanOrEqual(80)
  expect(2 ** (2 ** -scale)).toBeLessThan(1.1)
})

it('keeps a power of two in the bucket that it bounds from above', () => {
  const { scale, offset, counts } = bucketsOf([1, 4, 1_024]).read()
  const filled = [...counts.keys()].filter((position) => counts[position] === 1)
  expect([scale, filled.map((position) => offset + position)]).toEqual([3, [-1, 15, 79]])
})

it('counts zeros apart', () => {
  expect(bucketsOf([0, 0, 2]).read()).toMatchObject({ zeroCount: 2, counts: [1] })
})

it('takes the smallest and the largest number there is', () => {
  const { counts, scale } = bucketsOf([Number.MIN_VALUE, Number.MAX_VALUE, 1]).read()
  expect([sum(counts), counts.length <= 160, scale]).toEqual([3, true, -4])
})

it('counts each value where the definition puts it, in any order', () => {
  const duration = fc.integer({ min: 1, max: 10_000_000 }).map((micros) => (micros + 0.123) / 1e6)
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 50 }), (values) => {
      const read = bucketsOf(values).read()
      // At the finest scales a bound is nearer to its neighbours than the logarithm is exact.
      if (read.scale > 10) return
      expect(read.counts).toEqual(expected(values, read))
    }),
  )
})

it('tells what has come since, though the buckets have become coarser', () => {
  const value = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true }))
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (first, second) => {
      const buckets = bucketsOf(first)
      const before = buckets.read()
      for (const one of second) buckets.record(one)
      const since = countsSince(buckets.read(), before)
      expect(since.counts.every((count) => count >= 0)).toBe(true)
      expect(sum(since.counts) + since.zeroCount).toBe(second.length)
    }),
  )
})
