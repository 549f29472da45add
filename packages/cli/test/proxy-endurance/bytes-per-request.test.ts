import { seededRandom } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { bytesPerRequest } from './bytes-per-request.js'

const random = seededRandom(3)
/** Twenty readings over so many requests: a start that grows, then a leak, and what comes and goes. */
const readings = (requests: number, leaked: number): number[] =>
  Array.from({ length: 20 }, (_, at) => {
    const warming = Math.min(at, 4) * 1_000_000
    return 20_000_000 + warming + (requests / 20) * at * leaked + random() * 300_000
  })

it('shows a leak of twenty bytes a request, and none where there is none', () => {
  expect(bytesPerRequest(readings(1_000_000, 20), 50_000)).toBeCloseTo(20, -1)
  expect(Math.abs(bytesPerRequest(readings(1_000_000, 0), 50_000))).toBeLessThan(1)
})
