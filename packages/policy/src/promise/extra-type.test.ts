import { expect, expectTypeOf, it } from 'vitest'
import { bulkhead } from '../bulkhead/bulkhead-policy.js'
import { circuitBreaker } from '../circuit-breaker/circuit-breaker-policy.js'
import { fallback } from '../fallback/fallback.js'
import { pipeline } from './pipeline.js'

it('policies with methods of their own do not turn the result into unknown', async () => {
  const plain = await pipeline(circuitBreaker(), bulkhead({ concurrency: 1 })).execute(async () => 1)
  expectTypeOf(plain).toEqualTypeOf<number>()
  const answered = await pipeline(fallback({ value: 'else' }), circuitBreaker()).execute(async () => 1)
  expectTypeOf(answered).toEqualTypeOf<number | string>()
  expect([plain, answered]).toEqual([1, 1])
})
