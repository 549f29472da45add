import type { CallGraph } from '../call-graph/call-graph.js'
import type { Severity } from '../words/system-words.js'
import type { SystemModel } from '../model/system-model.js'
import type { Problem } from '../source/problem.js'

export type CheckGroup =
  'document' | 'retries' | 'timeouts' | 'isolation' | 'availability' | 'operations' | 'data' | 'practices'

/** What a finding is, apart from where it is found. */
export interface FindingKind {
  readonly code: string
  readonly group: CheckGroup
  readonly severity: Severity
  /** The finding in a few words, for lists and for SARIF. */
  readonly title: string
}

/** A problem as a check finds it: all that it finds have its code. */
export type CheckedProblem = Omit<Problem, 'code'>

/** One question that `check` asks of a system. */
export interface Check extends FindingKind {
  readonly find: (model: SystemModel, graph: CallGraph) => Iterable<CheckedProblem>
}
