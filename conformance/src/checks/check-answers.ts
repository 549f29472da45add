import type { Answer } from '../drivers/driver.js'
import type { SentRequest } from '../run/sent-request.js'
import type { AnswerPattern, Send } from '../scenario/step-schema.js'
import { checkHeaders } from './check-headers.js'
import { quoted, rounded } from './quoted.js'
import { CLOCK_SLACK_MS, within, words } from './within.js'

/** What the callers of one step must see. */
export function checkAnswers(step: Send, sent: readonly SentRequest[]): string[] {
  const { answers, counts, until } = step
  const faults = Array.isArray(answers)
    ? checkEach(answers, sent)
    : sent.flatMap((request) => (answers === undefined ? [] : checkOne(answers, request)))
  if (until !== undefined && sent.at(-1)?.answer.outcome !== until) {
    faults.push(`one request must end with ${until}, got none among ${sent.length}`)
  }
  return [
    ...faults,
    ...Object.entries(counts ?? {}).flatMap(([outcome, wanted]) => {
      const got = sent.filter(({ answer }) => String(answer.outcome) === outcome).length
      return within(got, wanted)
        ? []
        : [`${words(wanted)} must end with ${outcome}, got ${got} of ${tally(sent)}`]
    }),
  ]
}

function checkEach(patterns: readonly AnswerPattern[], sent: readonly SentRequest[]): string[] {
  if (patterns.length !== sent.length) return [`${patterns.length} answers must come, got ${sent.length}`]
  return patterns.flatMap((pattern, index) => checkOne(pattern, sent[index]!))
}

function checkOne(pattern: AnswerPattern, { step, call, answer, tookMs }: SentRequest): string[] {
  const faults: string[] = []
  if (answer.outcome !== pattern.outcome) faults.push(`must end with ${pattern.outcome}, got ${said(answer)}`)
  else {
    faults.push(...checkHeaders(pattern.headers, answer.headers))
    if (pattern.body !== undefined && answer.body !== pattern.body)
      faults.push(`must have the body ${quoted(pattern.body)}, got ${quoted(answer.body)}`)
    if (!isCutAs(pattern, answer))
      faults.push(
        `must be ${pattern.cut === undefined ? 'whole' : `cut by ${pattern.cut}`}, got ${cutOf(answer)}`,
      )
    if (pattern.flag !== undefined && answer.flags?.includes(pattern.flag) !== true)
      faults.push(`must have the flag ${pattern.flag}, got ${answer.flags?.join(', ') ?? 'none'}`)
  }
  if (pattern.took !== undefined && !within(tookMs, pattern.took, CLOCK_SLACK_MS))
    faults.push(`must take ${words(pattern.took, ' ms')}, got ${rounded(tookMs)}`)
  return faults.map((fault) => `${step.send} (call ${call}) ${fault}`)
}

/** A caller on the wire sees that a body is cut, and cannot see why. */
function isCutAs(pattern: AnswerPattern, { cut }: Answer): boolean {
  return cut === 'broken' ? pattern.cut !== undefined : cut === pattern.cut
}

function said({ outcome, detail }: Answer): string {
  return typeof outcome === 'number' ? String(outcome) : `${outcome} (${detail})`
}

function cutOf({ cut, detail }: Answer): string {
  return cut === undefined ? 'a whole one' : `one cut by ${cut} (${detail})`
}

/** `3 x 200, 1 x timeout`. */
function tally(sent: readonly SentRequest[]): string {
  const counts = new Map<string | number, number>()
  for (const { answer } of sent) counts.set(answer.outcome, (counts.get(answer.outcome) ?? 0) + 1)
  return [...counts].map(([outcome, count]) => `${count} x ${outcome}`).join(', ')
}
