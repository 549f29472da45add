import { findingKinds } from '../checks/catalogue.js'
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
  readonly problems: Problem[] = []
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
      if (findingKinds.has(code)) continue
      this.problems.push({
        code: 'WT-DOC-UNKNOWN-CODE',
        path: ['findings', code],
        message: `cannot set the severity of ${code}: the code of a finding is allowed`,
        hint: suggest(code, [...findingKinds.keys()]),
      })
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

function isList(
  rules: FindingRuleDocument | readonly FindingRuleDocument[],
): rules is readonly FindingRuleDocument[] {
  return Array.isArray(rules)
}
