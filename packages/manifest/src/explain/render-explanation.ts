import { type Paint, paintAnsi, paintNothing, wrapText } from '../findings/paint.js'
import { formatDuration } from '../units/duration.js'
import { enforcementPoints } from './enforcement-points.js'
import type { CallExplanation } from './explain-call.js'
import { renderValueTable } from './render-value-table.js'

export interface ExplanationOptions {
  /** Colours by ANSI codes. Default false. */
  readonly colour?: boolean
  /** Characters in a line. Default 80. */
  readonly width?: number
}

/**
 * An explanation for people: the worst case first, then each value with where it comes from, then what each enforcement
 * point cannot do.
 */
export function renderExplanation(explanation: CallExplanation, options: ExplanationOptions = {}): string {
  const paint = options.colour === true ? paintAnsi : paintNothing
  const { file, from, to, policy, enforce, mode, fallback } = explanation
  const width = Math.max(40, options.width ?? 80)
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
    ...renderValueTable(`values from ${file}, by line`, explanation.values, { file, paint, width }),
    '',
    ...renderValueTable(`how ${to} is reached`, explanation.reach, { file, paint, width }),
    '',
    ...limitLines(explanation, paint, width),
  ]
  return `${lines.join('\n')}\n`
}

function worstCase({ to, attempts, longestMs }: CallExplanation, paint: Paint): string[] {
  const wait = Number.isFinite(longestMs)
    ? `the caller waits ${formatDuration(longestMs)}`
    : paint('nothing limits how long the caller waits', 'error')
  const ways = attempts.ways > 1 ? ` over ${attempts.ways} ways` : ''
  const behind =
    attempts.busiest === to ? [] : [`${attempts.downstream} requests to ${attempts.busiest}${ways}`]
  const requests = `${attempts.wire} request${attempts.wire === 1 ? '' : 's'} to ${to}`
  return [requests, ...behind, wait].map(
    (line, index) => `  ${index === 0 ? 'at worst' : '        '}  ${line}`,
  )
}

const POINT_WIDTH = 8

function limitLines({ limits, enforce }: CallExplanation, paint: Paint, width: number): string[] {
  return enforcementPoints.flatMap(({ point, missing }) => {
    const padded = point.padEnd(POINT_WIDTH)
    const mark = point === enforce.point ? paint(padded, 'bold') : padded
    const verb = missing === undefined ? 'expresses' : 'will express'
    const not = missing === undefined ? 'cannot express' : 'will not express'
    const text = [
      ...(missing === undefined ? [] : [missing]),
      ...(limits[point].length === 0 ? [`${verb} all of it`] : []),
      ...limits[point].map(({ part, reason }) => `${not} ${part}: ${reason}`),
    ]
    const lines = text.flatMap((line) => wrapText(line, width - POINT_WIDTH - 4))
    return lines.map((line, index) => `  ${index === 0 ? mark : ' '.repeat(POINT_WIDTH)}  ${line}`)
  })
}
