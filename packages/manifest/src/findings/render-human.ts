import type { ScoreCard } from '../score-card/score-card.js'
import type { Severity } from '../words/system-words.js'
import type { Finding, SilencedFinding } from './finding.js'
import { type Paint, paintAnsi, paintNothing, printable, wrapText } from './paint.js'
import { renderExcerpt } from './render-excerpt.js'
import type { ManifestSource } from '../source/manifest-source.js'
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
 * Findings for people: the message, the line with a caret below it, the fix, and how to learn the reason. The last
 * line sums up.
 */
export function renderHuman(report: Report, options: HumanOptions = {}): string {
  const paint = options.colour === true ? paintAnsi : paintNothing
  const width = Math.max(40, options.width ?? 100)
  const shown = report.findings.slice(0, options.findingsMax ?? 200)
  const blocks = shown.map((finding) => renderFinding(finding, report, width, paint))
  const hidden = report.findings.length - shown.length
  if (hidden > 0) blocks.push(`and ${hidden} more findings\n`)
  if (report.silenced.length > 0) blocks.push(renderSilenced(report.silenced, width, paint))
  if (options.score === true && report.score !== undefined) {
    blocks.push(renderScoreCard(report.score, width, paint))
  }
  return [...blocks, `${summary(report, options.score === true, paint)}\n`].join('\n')
}

function renderFinding(finding: Finding, report: Report, width: number, paint: Paint): string {
  const { code, severity, message, file, line, column, hint } = finding
  const place = `${file}:${line}:${column}`
  const lines = [
    `${paint(severity, severity)} ${paint(code, severity)} ${paint(place, 'faint')}`,
    ...wrapText(printable(message), width - 2).map((text) => `  ${paint(text, 'bold')}`),
    ...renderExcerpt(finding, sourceOf(finding, report), width, paint),
    ...wrapText(printable(hint), width - 7).map(
      (text, index) => `  ${index === 0 ? 'fix:' : '    '} ${text}`,
    ),
    paint(`  why: watertight explain ${code}`, 'faint'),
  ]
  return `${lines.join('\n')}\n`
}

function sourceOf({ file }: Finding, { source }: Report): ManifestSource {
  return source.layers.find((layer) => layer.file === file) ?? source
}

// One rule often silences many places: they are told together.
function renderSilenced(silenced: readonly SilencedFinding[], width: number, paint: Paint): string {
  const places = new Map<
    string,
    { readonly head: string; readonly lines: number[]; readonly reason: string }
  >()
  for (const { code, file, line, reason } of silenced) {
    const key = JSON.stringify([code, file, reason])
    const group = places.get(key) ?? { head: `silenced ${code} at ${file}:`, lines: [], reason }
    group.lines.push(line)
    places.set(key, group)
  }
  const texts = [...places.values()].map(({ head, lines, reason }) => {
    const shown = lines.slice(0, 12).join(', ')
    const more = lines.length > 12 ? ` and ${lines.length - 12} more` : ''
    return `${head}${shown}${more}: ${printable(reason)}`
  })
  return texts.flatMap((text) => wrapText(text, width).map((line) => `${paint(line, 'faint')}\n`)).join('')
}

const STATES = {
  met: { mark: '+', colour: 'good' },
  partly: { mark: '~', colour: 'warning' },
  missing: { mark: '-', colour: 'error' },
} as const

function renderScoreCard({ met, of, lines }: ScoreCard, width: number, paint: Paint): string {
  const nameWidth = Math.max(...lines.map(({ practice }) => practice.length))
  // Where a line has no room for both, the evidence stands below the practice.
  const isBeside = width - nameWidth > 36
  const indent = ' '.repeat(isBeside ? nameWidth + 6 : 4)
  const rows = lines.map(({ practice, state, evidence }) => {
    const { mark, colour } = STATES[state]
    const texts = wrapText(printable(evidence), width - indent.length).map((text) => paint(text, 'faint'))
    const head = `  ${paint(mark, colour)} ${isBeside ? practice.padEnd(nameWidth + 2) : practice}`
    const below = isBeside ? texts.slice(1) : texts
    const first = isBeside ? `${head}${texts[0] ?? ''}` : head
    return [first, ...below.map((text) => `${indent}${text}`)].map((line) => `${line}\n`).join('')
  })
  return `${paint(`Practices: ${met} of ${of}`, 'bold')}\n${rows.join('')}`
}

function summary(report: Report, withScore: boolean, paint: Paint): string {
  const count = (severity: Severity): number =>
    report.findings.filter((finding) => finding.severity === severity).length
  const parts = (['error', 'warning', 'note'] as const)
    .map((severity) => [count(severity), severity] as const)
    .filter(([found, severity]) => found > 0 || severity === 'error')
    .map(([found, severity]) => (found === 0 ? 'no errors' : `${found} ${severity}${found === 1 ? '' : 's'}`))
  if (report.silenced.length > 0) parts.push(`${report.silenced.length} silenced`)
  const score =
    !withScore || report.score === undefined ? '' : `; practices ${report.score.met} of ${report.score.of}`
  return paint(`${report.source.file}: ${parts.join(', ')}${score}`, report.ok ? 'good' : 'error')
}
