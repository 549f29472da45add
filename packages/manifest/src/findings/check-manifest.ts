import { checks, findingKinds } from '../checks/checks.js'
import type { ManifestDocument } from '../document/manifest-document.js'
import { type ManifestReading, readDocument, readManifest } from '../reading/read-manifest.js'
import { scoreCard } from '../score-card/score-card.js'
import { formatPath, type ManifestSource } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'
import type { Severity } from '../words/system-words.js'
import type { Finding, SilencedFinding } from './finding.js'
import { FindingRules, unknownCodes } from './finding-rules.js'
import { groupProblems, type ProblemGroup } from './group-problems.js'
import type { Report } from './report.js'

/**
 * Checks a manifest and reports all findings at once, in document order.
 *
 * @example
 * const report = checkManifest('watertight: v1\nsystem: shop', { file: 'watertight.yaml' })
 * console.log(renderHuman(report), exitCode(report))
 */
export function checkManifest(text: string, options: { readonly file?: string } = {}): Report {
  return checkReading(readManifest(text, options.file ?? 'watertight.yaml'))
}

/** Checks a document that is data already. Its findings have paths; their line and column are 1. */
export function checkDocument(document: ManifestDocument, options: { readonly file?: string } = {}): Report {
  return checkReading(readDocument(document, options.file ?? 'system'))
}

/** Checks what was read before, for those who need both the model and the report. */
export function checkReading(reading: ManifestReading): Report {
  const { source, system, isManifest } = reading
  const rules = new FindingRules(system?.model.document.findings)
  const advice = system === undefined ? [] : [...findProblems(system)]
  const problems = [
    ...reading.problems,
    ...unknownCodes(source.value),
    ...withoutEchoes(advice, reading.problems),
  ]
  const findings: Finding[] = []
  const silenced: SilencedFinding[] = []
  const bySeverity = new Map<Severity, Problem[]>()
  const add = (problem: Problem): void => {
    const rule = rules.match(problem.code, problem.path)
    if (rule?.severity === 'off') {
      silenced.push({ ...locate({ problem, others: [] }, source), reason: rule.reason })
      return
    }
    const severity = rule?.severity ?? severityOf(problem)
    const same = bySeverity.get(severity)
    if (same === undefined) bySeverity.set(severity, [problem])
    else same.push(problem)
  }
  for (const problem of problems) add(problem)
  if (reading.problems.length === 0) for (const problem of rules.unused()) add(problem)
  for (const [severity, found] of bySeverity) {
    for (const group of groupProblems(found)) findings.push({ ...locate(group, source), severity })
  }
  const files = source.layers.map(({ file }) => file)
  findings.sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || byPlace(a, b))
  const score = system === undefined ? undefined : scoreCard(system.model, findings)
  return {
    source,
    isManifest,
    findings,
    silenced,
    score,
    ok: !findings.some(({ severity }) => severity === 'error'),
  }
}

function* findProblems(system: NonNullable<ManifestReading['system']>): Iterable<Problem> {
  for (const { code, find } of checks) {
    for (const problem of find(system.model, system.graph)) yield { ...problem, code }
  }
}

// What was removed because it is wrong must not come back as advice that something is missing. Advice is kept
// for services and policies that were read whole.
function withoutEchoes(advice: readonly Problem[], problems: readonly Problem[]): readonly Problem[] {
  if (problems.length === 0) return advice
  const place = ({ path }: Problem): string => path.slice(0, 2).join('/')
  const broken = new Set(problems.map(place))
  const wide = problems.some(({ path }) => path.length < 2 || path[0] === 'policies')
  const whole = problems.every(({ path }) => path.length > 2)
  return advice.filter((problem) => {
    if (problem.code === 'WT-DOC-UNKNOWN-REFERENCE') return whole
    return !wide && !broken.has(place(problem))
  })
}

function locate({ problem, others }: ProblemGroup, merged: ManifestSource): Finding {
  // A range is one of the text that was read, which is that of no file if it was merged.
  const whole = merged.layers.find(({ text }) => text === merged.text)
  const own = whole === undefined ? undefined : problem.range
  const source = own === undefined || whole === undefined ? merged.layerOf(problem.path) : whole
  const range = own ?? source.locate(problem.path, problem.part)
  const start = source.position(range.start)
  const end = source.position(Math.max(range.start, range.end))
  return {
    code: problem.code,
    severity: severityOf(problem),
    message: problem.message,
    file: source.file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    hint: problem.hint,
    path: formatPath(problem.path),
    also: others.map(({ path, part }) => {
      const layer = merged.layerOf(path)
      const place = layer.position(layer.locate(path, part).start)
      return { path: formatPath(path), file: layer.file, line: place.line, column: place.column }
    }),
  }
}

function severityOf({ code, severity }: Problem): Severity {
  return severity ?? findingKinds.get(code)?.severity ?? 'error'
}

function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
}
