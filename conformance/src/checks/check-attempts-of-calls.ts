import type { Seen } from '../scenario/seen-schema.js'
import type { RecordedRequest } from '../upstream/recorded-request.js'
import { quoted, rounded } from './quoted.js'
import { CLOCK_SLACK_MS, within, words } from './within.js'

/** What holds between the attempts of one call: headers, and the pauses from one to the next. */
export function checkAttemptsOfCalls(seen: Seen, requests: readonly RecordedRequest[]): string[] {
  const { constant = [], falling = [], gaps = [] } = seen
  if (constant.length + falling.length + gaps.length === 0) return []
  const calls = attemptsOfCalls(requests).filter((attempts) => attempts.length > 1)
  if (calls.length === 0) return ['a call must have more than one attempt, got none']
  return calls.flatMap((attempts) => [
    ...constant.flatMap((name) => checkConstant(name, attempts)),
    ...falling.flatMap((name) => checkFalling(name, attempts)),
    ...gaps.flatMap((bounds, index) => {
      const gap = gapsOf(attempts)[index]
      if (gap === undefined) return [`pause ${index + 1} must be, got ${attempts.length} attempts`]
      return within(gap, bounds, CLOCK_SLACK_MS)
        ? []
        : [
            `pause ${index + 1} of call ${attempts[0]!.call} must last ${words(bounds, ' ms')}, got ${rounded(gap)}`,
          ]
    }),
  ])
}

export function attemptsOfCalls(requests: readonly RecordedRequest[]): readonly RecordedRequest[][] {
  const calls = new Map<number, RecordedRequest[]>()
  for (const request of requests) {
    const attempts = calls.get(request.call)
    if (attempts === undefined) calls.set(request.call, [request])
    else attempts.push(request)
  }
  return [...calls.values()]
}

/** From one attempt to the next, as the callee sees it. */
export function gapsOf(attempts: readonly RecordedRequest[]): readonly number[] {
  return attempts.slice(1).map(({ at }, index) => at - (attempts[index]!.endedAt ?? attempts[index]!.at))
}

function checkConstant(name: string, attempts: readonly RecordedRequest[]): string[] {
  const values = new Set(attempts.map(({ headers }) => headers[name]))
  return values.size === 1 && !values.has(undefined)
    ? []
    : [`header ${name} must be one value on all attempts, got ${[...values].map(quoted).join(', ')}`]
}

function checkFalling(name: string, attempts: readonly RecordedRequest[]): string[] {
  const values = attempts.map(({ headers }) => Number(headers[name] ?? NaN))
  const falls = values.every((value, index) => (index === 0 ? value >= 0 : value < values[index - 1]!))
  return falls ? [] : [`header ${name} must go down from attempt to attempt, got ${values.join(', ')}`]
}
