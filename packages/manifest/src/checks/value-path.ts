import type { PolicyModel } from '../model/policy-model.js'
import type { SystemModel } from '../model/system-model.js'
import type { DocumentPath } from '../source/manifest-source.js'

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
