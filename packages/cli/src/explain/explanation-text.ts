import { Help } from 'commander'
import { type CallExplanation, formatDuration } from '@watertight/manifest'
import { plural } from '../program/command-runner.js'
import type { Colours, TextSink } from '../program/terminal.js'

/** An explanation for people: the worst case first, then each value with where it comes from, then the limits. */
export function explanationText(explanation: CallExplanation, { colours, columns }: TextSink): string {
  const { from, to, policy, enforce, mode, fallback } = explanation
  const lines = [
    colours.bold(`${from} -> ${to}`),
    `  policy    ${policy === '' ? 'none' : policy}`,
    `  enforced  by the ${enforce.point} ${colours.dim(`(${enforce.origin})`)}`,
    ...(mode === 'observe'
      ? [`  mode      ${colours.yellow('observe: decides and reports, enforces nothing')}`]
      : []),
    `  fallback  ${fallback}`,
    ...worstCase(explanation, colours),
    '',
    ...valueTable(explanation, colours),
    '',
    ...limitLines(explanation, colours, columns),
  ]
  return `${lines.join('\n')}\n`
}

function worstCase({ to, attempts, longestMs }: CallExplanation, colours: Colours): string[] {
  const wait = Number.isFinite(longestMs)
    ? `the caller waits ${formatDuration(longestMs)}`
    : colours.red('nothing limits how long the caller waits')
  const behind =
    attempts.downstream > attempts.wire ? `, ${attempts.downstream} at the busiest service behind it` : ''
  return [`  at worst  ${plural(attempts.wire, 'request')} to ${to}${behind}`, `            ${wait}`]
}

function valueTable({ values }: CallExplanation, colours: Colours): string[] {
  const nameWidth = Math.max(0, ...values.map(({ name }) => name.length))
  const valueWidth = Math.min(60, Math.max(0, ...values.map(({ value }) => value.length)))
  return values.map(({ name, value, origin }) => {
    const paint = origin === 'not set' || origin === 'default' ? colours.dim : colours.cyan
    return `  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${paint(origin)}`
  })
}

const POINT_WIDTH = 8

function limitLines({ limits, enforce }: CallExplanation, colours: Colours, columns: number): string[] {
  const width = columns - POINT_WIDTH - 4
  return Object.entries(limits).flatMap(([point, rows]) => {
    const padded = point.padEnd(POINT_WIDTH)
    const mark = point === enforce.point ? colours.bold(padded) : padded
    if (rows.length === 0) return [`  ${mark}  ${colours.green('expresses all of it')}`]
    const text = rows.map(({ part, reason }) => `cannot express ${part}: ${reason}`)
    const lines = text.flatMap((line) => new Help().boxWrap(line, width).split('\n'))
    return lines.map((line, index) => `  ${index === 0 ? mark : ' '.repeat(POINT_WIDTH)}  ${line}`)
  })
}
