import type { ScoreCard } from '../score-card/score-card.js'
import type { ManifestSource } from '../source/manifest-source.js'
import type { Finding, SilencedFinding } from './finding.js'

/** Everything that `check` found out about one document. */
export interface Report {
  readonly source: ManifestSource
  /** No error among the findings. */
  readonly ok: boolean
  readonly isManifest: boolean
  readonly findings: readonly Finding[]
  readonly silenced: readonly SilencedFinding[]
  /** Absent when the document could not be read far enough. */
  readonly score: ScoreCard | undefined
}

/**
 * The exit code of `check`: 0 clean, 1 with an error (with `strict`, with a warning too), 3 when the document is
 * not a manifest at all.
 */
export function exitCode(report: Report, options: { readonly strict?: boolean } = {}): 0 | 1 | 3 {
  if (!report.isManifest) return 3
  const failing = options.strict === true ? ['error', 'warning'] : ['error']
  return report.findings.some(({ severity }) => failing.includes(severity)) ? 1 : 0
}
