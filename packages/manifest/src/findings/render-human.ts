import type { Finding, Severity } from './finding.js'
import type { Report } from './report.js'

export interface HumanOptions {
  /** Colours by ANSI codes. Default false. */
  readonly colour?: boolean
  /** Findings shown; the rest is counted. Default 200. */
  readonly findingsMax?: number
}

const COLOURS = { error: 31, warning: 33, note: 36, faint: 2, bold: 1, good: 32 } as const

/** Findings for people: the message, the line with a caret below it, the mend, and the page with the reason. */
export function renderHuman(report: Report, options: HumanOptions = {}): string {
  const paint = options.colour === true ? ansi : (text: string): string => text
  const shown = report.findings.slice(0, options.findingsMax ?? 200)
  const blocks = shown.map((finding) => renderFinding(finding, report, paint))
  const hidden = report.findings.length - shown.length
  if (hidden > 0) blocks.push(`${hidden} more findings\n`)
  for (const { code, line, file, reason } of report.silenced) {
    blocks.push(paint(`silenced ${code} at ${file}:${line}: ${reason}\n`, 'faint'))
  }
  return `${blocks.join('\n')}${blocks.length === 0 ? '' : '\n'}${summary(report, paint)}\n`
}

type Paint = (text: string, colour: keyof typeof COLOURS) => string

function ansi(text: string, colour: keyof typeof COLOURS): string {
  return `\u001b[${COLOURS[colour]}m${text}\u001b[0m`
}

function renderFinding(finding: Finding, report: Report, paint: Paint): string {
  const { code, severity, message, file, line, column, hint, docs } = finding
  const head = `${paint(`${severity} ${code}`, severity)} ${paint(printable(message), 'bold')}`
  const place = paint(`  ${file}:${line}:${column}`, 'faint')
  const excerpt = renderExcerpt(finding, report, paint)
  return [head, place, ...excerpt, `  mend: ${printable(hint)}`, paint(`  why: ${docs}`, 'faint'), ''].join(
    '\n',
  )
}

const WIDTH_MAX = 100

// A long line is cut around the column, so that the caret is always in sight.
function renderExcerpt(finding: Finding, report: Report, paint: Paint): string[] {
  if (report.source.text === '') return []
  const full = report.source.line(finding.line)
  const from = finding.column > WIDTH_MAX - 10 ? finding.column - 40 : 0
  const text = printable(full.slice(from, from + WIDTH_MAX))
  const endColumn = finding.endLine === finding.line ? finding.endColumn : full.length + 1
  const at = finding.column - 1 - from
  const width = Math.max(1, Math.min(endColumn - finding.column, WIDTH_MAX - at))
  const number = String(finding.line)
  return [
    `  ${paint(`${number} |`, 'faint')} ${text}`,
    `  ${' '.repeat(number.length)} ${paint('|', 'faint')} ${' '.repeat(at)}${paint('^'.repeat(width), finding.severity)}`,
  ]
}

// The document is untrusted text; control characters in it must not reach the terminal.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
}

function summary(report: Report, paint: Paint): string {
  const count = (severity: Severity): number =>
    report.findings.filter((finding) => finding.severity === severity).length
  const parts = (['error', 'warning', 'note'] as const).map((severity) => plural(count(severity), severity))
  if (report.silenced.length > 0) parts.push(`${report.silenced.length} silenced`)
  const score = report.score === undefined ? '' : `; practices ${report.score.met} of ${report.score.of}`
  return paint(`${parts.join(', ')}${score}`, report.ok ? 'good' : 'error')
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
