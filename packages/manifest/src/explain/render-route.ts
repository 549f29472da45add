import { paintAnsi, paintNothing, wrapText } from '../findings/paint.js'
import { formatDuration } from '../units/duration.js'
import type { RouteExplanation } from './explain-route.js'
import type { ExplanationOptions } from './render-explanation.js'
import { renderValueTable } from './render-value-table.js'

/** A route of the gateway for people: the worst case first, then each value with where it comes from. */
export function renderRoute(explanation: RouteExplanation, options: ExplanationOptions = {}): string {
  const paint = options.colour === true ? paintAnsi : paintNothing
  const { file, route, position, to, policy, attempts, longestMs, limits } = explanation
  const width = Math.max(40, options.width ?? 80)
  const table = (head: string, values: RouteExplanation['parts']): string[] =>
    values.length === 0 ? [] : ['', ...renderValueTable(head, values, { file, paint, width })]
  const wait = Number.isFinite(longestMs)
    ? `the caller waits ${formatDuration(longestMs)}`
    : paint('nothing limits how long the caller waits', 'error')
  const worst =
    to === null
      ? ['  answered  by the gateway']
      : [
          `  policy    ${policy === '' ? 'none' : policy}`,
          `  at worst  ${attempts} request${attempts === 1 ? '' : 's'} to ${to}`,
          `            ${wait}`,
        ]
  const cannot = limits.flatMap(({ part, reason }) =>
    wrapText(`the gateway cannot express ${part}: ${reason}`, width - 2).map((line) => `  ${line}`),
  )
  const lines = [
    paint(`gateway ${route} -> ${to ?? 'its own answer'}`, 'bold'),
    `  route     ${position}`,
    ...worst,
    ...table(`the route, from ${file}, by line`, explanation.parts),
    ...table('its policy', explanation.values),
    ...(to === null ? [] : table(`how ${to} is reached`, explanation.reach)),
    ...table('what the gateway lets in', explanation.gateway),
    ...(cannot.length === 0 ? [] : ['', ...cannot]),
  ]
  return `${lines.join('\n')}\n`
}
