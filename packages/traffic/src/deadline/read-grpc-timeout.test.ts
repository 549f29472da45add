import { expect, it } from 'vitest'
import { readGrpcTimeout } from './read-grpc-timeout.js'

it.each([
  ['100m', 1_100],
  ['2S', 3_000],
  ['1M', 61_000],
  ['1H', 3_601_000],
  ['500u', 1_000.5],
  ['99999999n', 1_099.999999],
  ['123456789m', Infinity],
  ['-1m', Infinity],
  ['1.5S', Infinity],
  ['1s', Infinity],
  ['', Infinity],
  [undefined, Infinity],
])('reads grpc-timeout %j', (text, deadline) => {
  expect(readGrpcTimeout(text, 1_000)).toBeCloseTo(deadline, 6)
})
