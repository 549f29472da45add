import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)
/** The collector's own bookkeeping, spread over the calls of one loop. */
const NOISE_BYTES = 0.5
/** Compiled and collected in the probe's own thread: helpers of a busy machine come late, and the counts with them. */
const INLINE = ['--no-concurrent-recompilation', '--no-concurrent-sparkplug', '--single-threaded-gc']

it(
  'recording allocates nothing, except for what the clock gives an objective or an exemplar',
  { timeout: 60_000 },
  async () => {
    const probe = fileURLToPath(new URL('./allocation-probe.mjs', import.meta.url))
    const { stdout } = await run(
      process.execPath,
      [...INLINE, '--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64', probe],
      { timeout: 50_000 },
    )
    const { bytes } = JSON.parse(stdout) as { bytes: Readonly<Record<string, number>> }
    expect(bytes['an object a call'], 'the probe sees allocations').toBeGreaterThan(16)
    const clockBytes = bytes["the platform's clock"] ?? 0
    // The clock's number, and once more where the compiler has not put caller and callee together.
    for (const name of ['server.finished with an objective', 'histogram.observe with an exemplar']) {
      expect({ name, bytes: bytes[name] ?? NaN }).toSatisfy(
        (measured: { bytes: number }) => measured.bytes <= 2 * clockBytes + NOISE_BYTES,
      )
    }
    for (const name of [
      'counter.add',
      'gauge.set',
      'histogram.observe',
      'histogram.observe in exponential buckets',
      'destination.finished',
      'destination.attempted',
      'server.finished',
    ]) {
      expect({ name, bytes: bytes[name] }).toEqual({ name, bytes: expect.closeTo(0, 0) })
    }
  },
)
