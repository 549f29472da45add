import { findingKinds } from '../checks/checks.js'
import type { FindingRuleDocument, ManifestDocument } from '../document/manifest-document.js'
import { suggest } from '../reading/suggest.js'
import type { DocumentPath } from '../source/manifest-source.js'
import { formatPath } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'

interface Rule extends FindingRuleDocument {
  readonly path: DocumentPath
  used: boolean
}

/** The severities that a document sets for itself, and whether each rule was of use. */
export class FindingRules {
  readonly #rules = new Map<string, Rule[]>()

  constructor(rules: ManifestDocument['findings'] = {}) {
    for (const [code, given] of Object.entries(rules)) {
      const list = isList(given) ? given : [given]
      const path = (index: number): DocumentPath =>
        isList(given) ? ['findings', code, index] : ['findings', code]
      this.#rules.set(
        code,
        list.map((rule, index) => ({ ...rule, path: path(index), used: false })),
      )
    }
  }

  /** The rule that applies at a place: the most specific one that covers it. */
  match(code: string, path: DocumentPath): FindingRuleDocument | undefined {
    const rules = this.#rules.get(code)
    if (rules === undefined) return undefined
    const place = formatPath(path)
    const matching = rules.filter(({ at }) => at === undefined || place === at || place.startsWith(`${at}.`))
    const best = matching.sort((a, b) => (b.at?.length ?? 0) - (a.at?.length ?? 0))[0]
    if (best !== undefined) best.used = true
    return best
  }

  unused(): Problem[] {
    return [...this.#rules].flatMap(([code, rules]) => {
      if (!findingKinds.has(code)) return []
      return rules
        .filter((rule) => !rule.used)
        .map((rule) => ({
          code: 'WT-DOC-UNUSED-RULE',
          path: rule.path,
          message: `the rule for ${code} changes nothing: there is no such finding${rule.at === undefined ? '' : ` at ${rule.at}`}`,
          hint: 'remove the rule',
        }))
    })
  }
}

/**
 * Codes below `findings` that no finding has. They are read from the document as it is written: one that is wrong
 * elsewhere must not hide them.
 */
export function unknownCodes(value: unknown): Problem[] {
  const rules = (value as ManifestDocument | undefined | null)?.findings
  if (typeof rules !== 'object' || rules === null) return []
  const unknown = Object.keys(rules).filter((code) => !findingKinds.has(code))
  return unknown.map((code) => ({
    code: 'WT-DOC-UNKNOWN-CODE',
    path: ['findings', code],
    message: `there is no finding ${code}`,
    hint: suggest(code, [...findingKinds.keys()]),
  }))
}

function isList(
  rules: FindingRuleDocument | readonly FindingRuleDocument[],
): rules is readonly FindingRuleDocument[] {
  return Array.isArray(rules)
}
