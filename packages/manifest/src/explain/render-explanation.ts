import { type Paint, paintAnsi, paintNothing, wrapText } from '../findings/paint.js'
import { formatDuration } from '../units/duration.js'
import type { CallExplanation } from './explain-call.js'

export interface ExplanationOptions {
  /** Colours by ANSI codes. Default false. */
  readonly colour?: boolean
  /** Characters in a line. Default 100. */
  readonly width?: number
}

/**
 * An explanation for people: the worst case first, then each value with where it comes from, then what each enforcement
 * point cannot do.
 */
export function renderExplanation(explanation: CallExplanation, options: ExplanationOptions = {}): string {
  const paint = options.colour === true ? paintAnsi : paintNothing
  const { from, to, policy, enforce, mode, fallback } = explanation
  const lines = [
    paint(`${from} -> ${to}`, 'bold'),
    `  policy    ${policy === '' ? 'none' : policy}`,
    `  enforced  by the ${enforce.point} ${paint(`(${enforce.origin})`, 'faint')}`,
    ...(mode === 'observe'
      ? [`  mode      ${paint('observe: decides and reports, enforces nothing', 'warning')}`]
      : []),
    `  fallback  ${fallback}`,
    ...worstCase(explanation, paint),
    '',
    ...valueTable(explanation, paint),
    '',
    ...limitLines(explanation, paint, Math.max(40, options.width ?? 100)),
  ]
  return `${lines.join('\n')}\n`
}

function worstCase({ to, attempts, longestMs }: CallExplanation, paint: Paint): string[] {
  const wait = Number.isFinite(longestMs)
    ? `the caller waits ${formatDuration(longestMs)}`
    : paint('nothing limits how long the caller waits', 'error')
  const behind =
    attempts.downstream > attempts.wire ? `, ${attempts.downstream} at the busiest service behind it` : ''
  const requests = `${attempts.wire} request${attempts.wire === 1 ? '' : 's'}`
  return [`  at worst  ${requests} to ${to}${behind}`, `            ${wait}`]
}

function valueTable({ values }: CallExplanation, paint: Paint): string[] {
  const nameWidth = Math.max(0, ...values.map(({ name }) => name.length))
  const valueWidth = Math.min(60, Math.max(0, ...values.map(({ value }) => value.length)))
  return values.map(({ name, value, origin }) => {
    const colour = origin === 'not set' || origin === 'default' ? 'faint' : 'note'
    return `  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${paint(origin, colour)}`
  })
}

const POINT_WIDTH = 8

function limitLines({ limits, enforce }: CallExplanation, paint: Paint, width: number): string[] {
  return Object.entries(limits).flatMap(([point, rows]) => {
    const padded = point.padEnd(POINT_WIDTH)
    const mark = point === enforce.point ? paint(padded, 'bold') : padded
    if (rows.length === 0) return [`  ${mark}  ${paint('expresses all of it', 'good')}`]
    const text = rows.map(({ part, reason }) => `cannot express ${part}: ${reason}`)
    const lines = text.flatMap((line) => wrapText(line, width - POINT_WIDTH - 4))
    return lines.map((line, index) => `  ${index === 0 ? mark : ' '.repeat(POINT_WIDTH)}  ${line}`)
  })
}
