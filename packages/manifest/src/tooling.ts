/** What tools around the document need, such as the command and the importers: source, spelling, graph, rendering. */
export { policyAttempts, worstCaseAttempts, worstCaseMs } from './call-graph/attempts.js'
export { CallGraph } from './call-graph/call-graph.js'
export type { Requests } from './call-graph/requests.js'
export { checks, findingKinds } from './checks/checks.js'
export { AMPLIFICATION_MAX } from './checks/retry-layer-checks.js'
export type { Check, CheckedProblem, CheckGroup, FindingKind } from './checks/check.js'
export { nonLinearPart } from './document/non-linear-part.js'
export { manifestJsonSchema } from './document/json-schema.js'
export { type EnforcementLimit, inexpressible } from './explain/enforcement-limits.js'
export { type CallExplanation, explainCall, UnknownCallError } from './explain/explain-call.js'
export { type EventExplanation, explainEvent } from './explain/explain-event.js'
export { explainRoute, type RouteExplanation } from './explain/explain-route.js'
export { explainSaga, type SagaExplanation } from './explain/explain-saga.js'
export { renderEvent } from './explain/render-event.js'
export { renderRoute } from './explain/render-route.js'
export { renderSaga } from './explain/render-saga.js'
export type { ExplainedValue } from './explain/word-value.js'
export { type ExplanationOptions, renderExplanation } from './explain/render-explanation.js'
export { wrapText } from './findings/paint.js'
export { renderGithub } from './findings/render-github.js'
export { type HumanOptions, renderHuman } from './findings/render-human.js'
export { renderJson } from './findings/render-json.js'
export { renderSarif } from './findings/render-sarif.js'
export { exitCode } from './findings/report.js'
export { type GraphFormat, renderGraph } from './graph/render-graph.js'
export { formatOrigin, type Origin } from './model/origin.js'
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
export { type DocumentsReading, readYamlDocuments } from './source/read-documents.js'
export { consumptionWords } from './words/event-words.js'
export { policyWords } from './words/policy-words.js'
export { sagaStepWords, sagaWords } from './words/saga-words.js'
export type { Word, WordName } from './words/word.js'
