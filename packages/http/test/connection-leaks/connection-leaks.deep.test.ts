import { it } from 'vitest'
import { expectNothingLeft } from './expect-nothing-left.js'

/** `WATERTIGHT_LEAK_CALLS=100000` is the long form of this test. */
const CALLS = Number(process.env['WATERTIGHT_LEAK_CALLS'] ?? 10_000)

it(`leaves nothing behind after ${CALLS} mixed failures (seed 42)`, { timeout: CALLS * 20 }, async () => {
  await expectNothingLeft(CALLS, 42)
})
