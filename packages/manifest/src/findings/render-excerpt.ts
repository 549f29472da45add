import type { ManifestSource } from '../source/manifest-source.js'
import type { Finding } from './finding.js'
import { type Paint, printable } from './paint.js'

/**
 * The line that a finding is about with carets below it, and the line before for its context. A long line is cut
 * around the column, so that the caret is always in sight.
 */
export function renderExcerpt(
  finding: Finding,
  source: ManifestSource,
  lineWidth: number,
  paint: Paint,
): string[] {
  if (source.text === '') return []
  const gutter = String(finding.line).length
  const room = Math.max(20, lineWidth - gutter - 5)
  const full = source.line(finding.line)
  const at = finding.column - 1
  const from = at > room - 10 ? Math.max(0, at - Math.floor(room / 3)) : 0
  const endColumn = finding.endLine === finding.line ? finding.endColumn : full.length + 1
  const width = Math.max(1, Math.min(endColumn - finding.column, room - (at - from)))
  const row = (number: number): string => {
    const rest = printable(source.line(number).slice(from)).trimEnd()
    // Dots say that a line goes on, but never stand in place of what is marked.
    const isMarkedThere = number === finding.line && at - from + width > room - 3
    const cut = isMarkedThere ? rest.slice(0, room) : `${rest.slice(0, room - 3)}...`
    const text = rest.length > room ? cut : rest
    return `  ${paint(`${String(number).padStart(gutter)} |`, 'faint')} ${text}`.trimEnd()
  }
  const carets = `${' '.repeat(at - from)}${paint('^'.repeat(width), finding.severity)}`
  const before =
    finding.line > 1 && source.line(finding.line - 1).trim() !== '' ? [row(finding.line - 1)] : []
  return [...before, row(finding.line), `  ${' '.repeat(gutter)} ${paint('|', 'faint')} ${carets}`]
}
