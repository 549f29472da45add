export { declarations } from './declarations/declarations.js'
export { type DefinedSystem, defineSystem, InvalidSystemError } from './definition/define-system.js'
export type * from './document/manifest-document.js'
export type * from './document/policy-document.js'
export type * from './document/service-document.js'
export { checkDocument, checkManifest, checkReading } from './findings/check-manifest.js'
export type { Finding, FindingPlace, Severity, SilencedFinding } from './findings/finding.js'
export type { Report } from './findings/report.js'
export type * from './model/policy-model.js'
export type * from './model/system-model.js'
export { type ManifestReading, readDocument, readManifest } from './reading/read-manifest.js'
export type { Problem } from './source/problem.js'
export {
  type ManifestWatch,
  type RefusedChange,
  watchManifest,
  type WatchManifestOptions,
} from './watch/watch-manifest.js'
export type { Balance } from './words/balance-names.js'
export type { AnswerCondition, FailureClass, RetryCondition } from './words/failure-words.js'
