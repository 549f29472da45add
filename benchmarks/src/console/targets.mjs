/** @typedef {import('../runner/print.mjs').Target} Target */

const BYTES_MAX = 150_000
const FIRST_PAINT_MS_MAX = 1_000
/** Half of what a screen shows: below, movement is seen to stutter. */
const FRAMES_MIN = 30

/**
 * The page is small, seen at once, and smooth with 100 services and 300 calls.
 * @param {readonly { case: string, ms?: number, bytes?: number, framesPerSecond?: number }[]} rows
 * @returns {Target[]}
 */
export function consoleTargets(rows) {
  const of = (name) => rows.find((row) => row.case === name)
  const bytes = of('page, gzipped')?.bytes ?? Number.NaN
  const paintMs = of('first paint')?.ms ?? Number.NaN
  const frames = of('10 updates a second')?.framesPerSecond ?? Number.NaN
  return [
    { claim: `page at most ${BYTES_MAX} bytes`, measured: `${bytes}`, met: bytes <= BYTES_MAX },
    {
      claim: `first paint within ${FIRST_PAINT_MS_MAX} ms`,
      measured: `${paintMs} ms`,
      met: paintMs <= FIRST_PAINT_MS_MAX,
    },
    {
      claim: `at least ${FRAMES_MIN} frames/s at 10 updates a second`,
      measured: `${frames}`,
      met: frames >= FRAMES_MIN,
    },
  ]
}
