import { adaptiveLimitChecks } from './adaptive-limit-checks.js'
import { alertChecks } from './alert-checks.js'
import { availabilityChecks } from './availability-checks.js'
import type { Check, FindingKind } from './check.js'
import { brokerChecks } from './broker-checks.js'
import { dataChecks } from './data-checks.js'
import { enforcementChecks } from './enforcement-checks.js'
import { hashChecks } from './hash-checks.js'
import { isolationChecks } from './isolation-checks.js'
import { monitoringChecks } from './monitoring-checks.js'
import { operationChecks } from './operation-checks.js'
import { patienceChecks } from './patience-checks.js'
import { practiceChecks } from './practice-checks.js'
import { referenceChecks } from './reference-checks.js'
import { retryChecks } from './retry-checks.js'
import { retryLayerChecks } from './retry-layer-checks.js'
import { routeChecks } from './route-checks.js'
import { sagaChecks } from './saga-checks.js'
import { splitChecks } from './split-checks.js'
import { storeChecks } from './store-checks.js'
import { timeoutChecks } from './timeout-checks.js'
import { trustChecks } from './trust-checks.js'

/** Every check of a system, in the order in which a reader meets the groups. */
export const checks: readonly Check[] = [
  ...referenceChecks,
  ...retryLayerChecks,
  ...retryChecks,
  ...timeoutChecks,
  ...patienceChecks,
  ...isolationChecks,
  ...adaptiveLimitChecks,
  ...hashChecks,
  ...availabilityChecks,
  ...operationChecks,
  ...alertChecks,
  ...monitoringChecks,
  ...routeChecks,
  ...splitChecks,
  ...trustChecks,
  ...enforcementChecks,
  ...dataChecks,
  ...brokerChecks,
  ...sagaChecks,
  ...storeChecks,
  ...practiceChecks,
]

function documentKind(code: string, title: string, severity: FindingKind['severity'] = 'error'): FindingKind {
  return { code, title, severity, group: 'document' }
}

/** What the reader finds before there is a system to check. */
const documentKinds: readonly FindingKind[] = [
  documentKind('WT-DOC-SIZE', 'the document is too large'),
  documentKind('WT-DOC-DEPTH', 'the document is nested too deeply'),
  documentKind('WT-DOC-SYNTAX', 'the text is not YAML'),
  documentKind('WT-DOC-ALIAS', 'an alias that cannot be followed'),
  documentKind('WT-DOC-DUPLICATE-KEY', 'a key stands twice in a map'),
  documentKind('WT-DOC-NOT-MANIFEST', 'the document is not a manifest'),
  documentKind('WT-DOC-UNKNOWN-KEY', 'a key that the format does not know'),
  documentKind('WT-DOC-MISSING-KEY', 'a required key is missing'),
  documentKind('WT-DOC-VALUE', 'a value that is not allowed'),
  documentKind('WT-DOC-TWO-SPELLINGS', 'a key stands under its present and its former name'),
  documentKind('WT-DOC-EXTENDS-CYCLE', 'a policy extends itself'),
  documentKind('WT-DOC-UNKNOWN-CODE', 'a rule for a finding that does not exist'),
  documentKind('WT-DOC-UNUSED-RULE', 'a rule that changes no finding', 'note'),
]

/** Every kind of finding, by its code. */
export const findingKinds: ReadonlyMap<string, FindingKind> = new Map(
  [...documentKinds, ...checks].map(({ code, group, severity, title }) => [
    code,
    { code, group, severity, title },
  ]),
)
