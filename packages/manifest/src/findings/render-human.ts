import type { ScoreCard } from '../score-card/score-card.js'
import type { Finding, Severity } from './finding.js'
import { type Paint, paintAnsi, paintNothing, printable, wrapText } from './paint.js'
import { renderExcerpt } from './render-excerpt.js'
import type { Report } from './report.js'

export interface HumanOptions {
  /** Colours by ANSI codes. Default false. */
  readonly colour?: boolean
  /** Findings shown; the rest is counted. Default 200. */
  readonly findingsMax?: number
  /** Characters in a line. Default 100. */
  readonly width?: number
  /** Whether the score card of the practices follows the findings. Default false. */
  readonly score?: boolean
}

/**
 * Findings for people: the message, the line with a caret below it, the mend, and how to learn the reason. The last
 * line sums up.
 */
export function renderHuman(report: Report, options: HumanOptions = {}): string {
  const paint = options.colour === true ? paintAnsi : paintNothing
  const width = Math.max(40, options.width ?? 100)
  const shown = report.findings.slice(0, options.findingsMax ?? 200)
  const blocks = shown.map((finding) => renderFinding(finding, report, width, paint))
  const hidden = report.findings.length - shown.length
  if (hidden > 0) blocks.push(`and ${hidden} more findings\n`)
  const silenced = report.silenced.map(({ code, line, file, reason }) =>
    paint(`silenced ${code} at ${file}:${line}: ${printable(reason)}\n`, 'faint'),
  )
  if (silenced.length > 0) blocks.push(silenced.join(''))
  if (options.score === true && report.score !== undefined) {
    blocks.push(renderScoreCard(report.score, width, paint))
  }
  return [...blocks, `${summary(report, paint)}\n`].join('\n')
}

function renderFinding(finding: Finding, report: Report, width: number, paint: Paint): string {
  const { code, severity, message, file, line, column, hint } = finding
  const place = `${file}:${line}:${column}`
  const lines = [
    `${paint(severity, severity)} ${paint(code, severity)} ${paint(place, 'faint')}`,
    ...wrapText(printable(message), width - 2).map((text) => `  ${paint(text, 'bold')}`),
    ...renderExcerpt(finding, report.source, width, paint),
    ...wrapText(printable(hint), width - 8).map(
      (text, index) => `  ${index === 0 ? 'mend:' : '     '} ${text}`,
    ),
    paint(`  why:  watertight explain ${code}`, 'faint'),
  ]
  return `${lines.join('\n')}\n`
}

const STATES = {
  met: { mark: '+', colour: 'good' },
  partly: { mark: '~', colour: 'warning' },
  missing: { mark: '-', colour: 'error' },
} as const

function renderScoreCard({ met, of, lines }: ScoreCard, width: number, paint: Paint): string {
  const nameWidth = Math.max(...lines.map(({ practice }) => practice.length))
  const rows = lines.map(({ practice, state, evidence }) => {
    const { mark, colour } = STATES[state]
    const room = Math.max(10, width - nameWidth - 6)
    const text = printable(evidence)
    const cut = text.length > room ? `${text.slice(0, room - 3)}...` : text
    return `  ${paint(mark, colour)} ${practice.padEnd(nameWidth)}  ${paint(cut, 'faint')}\n`
  })
  return `${paint(`Practices: ${met} of ${of}`, 'bold')}\n${rows.join('')}`
}

function summary(report: Report, paint: Paint): string {
  const count = (severity: Severity): number =>
    report.findings.filter((finding) => finding.severity === severity).length
  const parts = (['error', 'warning', 'note'] as const)
    .map((severity) => [count(severity), severity] as const)
    .filter(([found, severity]) => found > 0 || severity === 'error')
    .map(([found, severity]) => (found === 0 ? 'no errors' : `${found} ${severity}${found === 1 ? '' : 's'}`))
  if (report.silenced.length > 0) parts.push(`${report.silenced.length} silenced`)
  const score = report.score === undefined ? '' : `; practices ${report.score.met} of ${report.score.of}`
  return paint(`${report.source.file}: ${parts.join(', ')}${score}`, report.ok ? 'good' : 'error')
}
