import type { PolicyModel } from '../model/policy-model.js'
import type { SystemModel } from '../model/system-model.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { WordName } from '../words/word.js'

/** Where a policy's value stands; for a default, where the section or the policy itself stands. */
export function valuePath(policy: PolicyModel, name: string): DocumentPath {
  for (let at = name; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const origin = policy.origins.get(at)
    if (origin?.kind === 'document') return origin.path
  }
  return policy.path
}

/**
 * The policies in force, each once: the named ones, those that a call changes for itself, and those of gateway and
 * routes. A value that
 * is inherited is reported where it is written, so a heir that did not change a section is left out.
 */
export function policiesSetting(model: SystemModel, ...sections: string[]): PolicyModel[] {
  const seen = new Set<PolicyModel>()
  for (const policy of model.policies.values()) seen.add(policy)
  for (const { policy } of [...model.calls, ...model.routes]) seen.add(policy)
  seen.add(model.gatewayPolicy)
  return [...seen].filter((policy) => sections.some((section) => ownsSection(policy, section)))
}

// A policy owns a section when one of its values stands below the policy's own place.
function ownsSection(policy: PolicyModel, section: string): boolean {
  for (const [name, origin] of policy.origins) {
    if (name !== section && !name.startsWith(`${section}.`)) continue
    if (origin.kind === 'document' && policy.path.every((step, index) => origin.path[index] === step))
      return true
  }
  return false
}

/** Names a policy in a message. */
export function described(policy: PolicyModel): string {
  if (policy.path[0] === 'policies') return `of policy ${policy.name}`
  if (policy.path[0] === 'gateway') return `of the ${policy.name}`
  return `of ${String(policy.path[1])} > ${String(policy.path[3])}`
}

/** Whether the document itself gives a value, in the policy or in one that it extends. */
export function isWritten(policy: PolicyModel, name: WordName): boolean {
  return policy.origins.get(name)?.kind === 'document'
}

/** Whether the document says how long a call may take. */
export function isLimitWritten(policy: PolicyModel): boolean {
  return isWritten(policy, 'timeout.attempt') || isWritten(policy, 'timeout.total')
}

/**
 * What the problems of calls and routes have in common: their named policy, or equal values where each has its own. One
 * change mends them, and so they are told together.
 */
export function causeOf(policy: PolicyModel, ...values: readonly unknown[]): string {
  return policy.path[0] === 'policies' ? `policy ${policy.name}` : JSON.stringify(values)
}

/** The cause of what is wrong with a policy by itself: a named one stands alone, equal ones of calls and routes together. */
export function whoseOwn(
  policy: PolicyModel,
  ...values: readonly unknown[]
): { readonly cause?: string; readonly subject?: string } {
  if (policy.path[0] === 'policies') return {}
  return { cause: causeOf(policy, ...values), subject: subjectOf(policy) }
}

function subjectOf({ path, name }: PolicyModel): string {
  return path[0] === 'services' ? `${String(path[1])} > ${String(path[3])}` : name
}
