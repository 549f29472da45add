export { CallGraph, type WorstPath } from './call-graph/call-graph.js'
export { policyAttempts, worstCaseAttempts, worstCaseMs } from './call-graph/attempts.js'
export { checks, findingKinds } from './checks/catalogue.js'
export type { Check, CheckGroup, FindingKind, Objection } from './checks/check.js'
export { declarations } from './declarations/declarations.js'
export { type DefinedSystem, defineSystem, InvalidSystemError } from './definition/define-system.js'
export { manifestJsonSchema } from './document/json-schema.js'
export type * from './document/manifest-document.js'
export type * from './document/policy-document.js'
export type * from './document/service-document.js'
export { type EnforcementLimit, inexpressible } from './explain/enforcement-limits.js'
export {
  type CallExplanation,
  explainCall,
  type ExplainedValue,
  UnknownCallError,
} from './explain/explain-call.js'
export { type ExplanationOptions, renderExplanation } from './explain/render-explanation.js'
export { checkDocument, checkManifest, checkReading } from './findings/check-manifest.js'
export type { Finding, Severity, SilencedFinding } from './findings/finding.js'
export { renderGithub } from './findings/render-github.js'
export { type HumanOptions, renderHuman } from './findings/render-human.js'
export { renderJson } from './findings/render-json.js'
export { renderSarif } from './findings/render-sarif.js'
export { exitCode, type Report } from './findings/report.js'
export { type GraphFormat, renderGraph } from './graph/render-graph.js'
export { formatOrigin, type Origin } from './model/origin.js'
export type * from './model/policy-model.js'
export type * from './model/system-model.js'
export { type ManifestReading, readDocument, readManifest } from './reading/read-manifest.js'
export { suggest } from './reading/suggest.js'
export type { ScoreCard, ScoreLine } from './score-card/score-card.js'
export {
  type DocumentPath,
  formatPath,
  ManifestSource,
  type SourceEntry,
  type SourceNode,
  type SourcePosition,
  type SourceRange,
} from './source/manifest-source.js'
export type { Problem } from './source/problem.js'
export { type DocumentsReading, readYamlDocuments } from './source/read-documents.js'
export { type Duration, durationMs, formatDuration } from './units/duration.js'
export { formatPercentage, type Percentage, percentageShare } from './units/percentage.js'
export { type Size, sizeBytes } from './units/size.js'
export {
  type ManifestWatch,
  type RefusedChange,
  watchManifest,
  type WatchManifestOptions,
} from './watch/watch-manifest.js'
