import { formatDuration } from '../units/duration.js'
import type { CallExplanation } from './explain-call.js'

/** An explanation for people: one line a value with where it came from, then the worst cases and the limits. */
export function renderExplanation(explanation: CallExplanation): string {
  const { from, to, policy, enforce, mode, values, attempts, longestMs, fallback, limits } = explanation
  const nameWidth = Math.max(...values.map(({ name }) => name.length))
  const valueWidth = Math.min(40, Math.max(...values.map(({ value }) => value.length)))
  const lines = [
    `${from} -> ${to}: policy ${policy === '' ? '(none)' : policy}, enforced by the ${enforce.point} (${enforce.origin})`,
    ...(mode === 'observe' ? ['it observes: decisions are reported and nothing is enforced'] : []),
    '',
    ...values.map(
      ({ name, value, origin }) => `  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${origin}`,
    ),
    '',
    `  fallback: ${fallback}`,
    `  worst case: ${attempts.wire} requests to ${to}, ${attempts.downstream} at the busiest service behind it`,
    `  worst case: the caller waits ${formatDuration(longestMs)}`,
    '',
  ]
  for (const [point, rows] of Object.entries(limits)) {
    if (rows.length === 0) lines.push(`  ${point}: expresses all of it`)
    for (const { part, reason } of rows) lines.push(`  ${point}: cannot express ${part}: ${reason}`)
  }
  return `${lines.join('\n')}\n`
}
