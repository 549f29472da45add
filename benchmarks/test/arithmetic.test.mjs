import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deduct, median, round, summarise } from '../src/runner/arithmetic.mjs'

test('the median of an odd number of values is the middle one, whatever their order', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([7]), 7)
})

test('the median of an even number of values is the mean of the middle two', () => {
  assert.equal(median([10, 2, 4, 100]), 7)
})

test('the median orders numbers as numbers and leaves its argument alone', () => {
  const values = [100, 20, 3]
  assert.equal(median(values), 20)
  assert.deepEqual(values, [100, 20, 3])
})

test('the median of nothing is refused', () => {
  assert.throws(() => median([]), { message: 'cannot take a median: values must not be empty' })
})

test('the deduction never goes below zero', () => {
  assert.equal(deduct(248, 200), 48)
  assert.equal(deduct(199.9, 200), 0)
})

test('rounding keeps the digits asked for', () => {
  assert.equal(round(1.2345, 2), 1.23)
  assert.equal(round(42.5, 0), 43)
})

test('rows have the median time, the ratio of medians to bare, and the bytes without those of the await', () => {
  const rows = summarise(
    [
      { name: 'guarded', nsRounds: [400, 300, 9_000], grossBytes: 350.4 },
      { name: 'bare', nsRounds: [100, 90, 200], grossBytes: 248 },
    ],
    200,
  )
  assert.deepEqual(rows, [
    { case: 'guarded', nsPerCall: 400, bytesPerCall: 150, ratioToBare: 4 },
    { case: 'bare', nsPerCall: 100, bytesPerCall: 48, ratioToBare: 1 },
  ])
})

test('without a bare case there is no ratio', () => {
  assert.throws(() => summarise([{ name: 'guarded', nsRounds: [1], grossBytes: 1 }], 0), {
    message: 'cannot summarise: a case named bare must be among the measurements',
  })
})
