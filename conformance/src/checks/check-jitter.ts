import type { Seen } from '../scenario/seen-schema.js'
import type { RecordedRequest } from '../upstream/recorded-request.js'
import { attemptsOfCalls, gapsOf } from './check-attempts-of-calls.js'
import { rounded } from './quoted.js'
import { CLOCK_SLACK_MS } from './within.js'

/** So late may an attempt be on a machine that has other things to do. */
const LATE_MS = 250

/**
 * Whether the first pauses of many calls are drawn evenly between two ends. None may be shorter than the lower end. A
 * tenth of the range at either end must be used, which 300 even draws miss less than once in 10^13 runs, and the mean
 * must be in the middle half, from which they stray by a fiftieth.
 */
export function checkJitter({ jitter }: Seen, requests: readonly RecordedRequest[]): string[] {
  if (jitter === undefined) return []
  const { from, to, samples } = jitter
  const gaps = attemptsOfCalls(requests).flatMap((attempts) => gapsOf(attempts).slice(0, 1))
  if (gaps.length < samples) return [`${samples} pauses must be measured, got ${gaps.length}`]
  const faults: string[] = []
  const shortest = Math.min(...gaps)
  const longest = Math.max(...gaps)
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const range = to - from
  if (shortest < from - CLOCK_SLACK_MS)
    faults.push(`no pause may be shorter than ${from} ms, got ${rounded(shortest)}`)
  if (longest > to + LATE_MS) faults.push(`no pause may be longer than ${to} ms, got ${rounded(longest)}`)
  if (shortest > from + range * 0.1 + CLOCK_SLACK_MS)
    faults.push(`some pause must be near ${from} ms, got ${rounded(shortest)} at least`)
  if (longest < to - range * 0.1)
    faults.push(`some pause must be near ${to} ms, got ${rounded(longest)} at most`)
  if (mean < from + range * 0.25 || mean > from + range * 0.75)
    faults.push(`the mean pause must be near ${rounded(from + range / 2)}, got ${rounded(mean)}`)
  return faults
}
