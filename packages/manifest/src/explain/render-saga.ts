import { paintAnsi, paintNothing, wrapText } from '../findings/paint.js'
import { formatDuration } from '../units/duration.js'
import type { SagaExplanation } from './explain-saga.js'
import type { ExplanationOptions } from './render-explanation.js'
import { renderValueTable } from './render-value-table.js'

/** A saga for people: how long it may take first, then its steps in their order, each with where its values come from. */
export function renderSaga(explanation: SagaExplanation, options: ExplanationOptions = {}): string {
  const paint = options.colour === true ? paintAnsi : paintNothing
  const width = Math.max(40, options.width ?? 80)
  const { file, saga, service, store, deadlineMs, longestMs, longestUndoMs, steps } = explanation
  const isLate = deadlineMs !== null && longestMs > deadlineMs
  const forwards = `${formatDuration(longestMs)} forwards, ${formatDuration(longestUndoMs)} to undo all of it`
  const limit =
    deadlineMs === null ? 'nothing limits the whole' : `it turns back after ${formatDuration(deadlineMs)}`
  const where = store === null ? '' : `, in its store ${store}`
  const lines = [
    paint(`saga ${saga}`, 'bold'),
    `  run by    ${service === null ? 'not said' : `${service}${where}`}`,
    `  at worst  ${forwards}`,
    `            ${isLate ? paint(limit, 'warning') : limit}`,
    '',
    ...renderValueTable(`values from ${file}, by line`, explanation.values, { file, paint, width }),
  ]
  for (const { name, stage, does, undoneBy, longestMs: stepMs, values } of steps) {
    const time = stepMs === 0 ? 'no limit of its own' : `at most ${formatDuration(stepMs)}`
    const text = `${does}; ${time}; ${undoneBy}`
    lines.push('', paint(`  ${stage}. ${name}`, 'bold'))
    lines.push(...wrapText(text, width - 5).map((line) => `     ${line}`))
    if (values.length > 0) lines.push(...renderValueTable('', values, { file, paint, width }).slice(1))
  }
  return `${lines.join('\n')}\n`
}
