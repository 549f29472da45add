import type { PolicyModel, Protocol } from '@watertight/manifest'
import type { WordName } from '@watertight/manifest/tooling'
import { policyRows, type Row } from './policy-rows.js'

/** What becomes of one key of a policy. */
export type EnvoyEffect = Row & { readonly key: WordName }

const KEYS = Object.keys(policyRows) as readonly WordName[]

/**
 * What Envoy does with each key that is in force, in the order in which policies are explained. A policy that observes
 * is one thing to say, for nothing of it happens.
 */
export function envoyEffects(policy: PolicyModel, protocol: Protocol): readonly EnvoyEffect[] {
  const observes = policy.mode === 'observe'
  return KEYS.filter((key) => (observes ? key === 'mode' : holds(policy, key) && key !== 'mode')).map(
    (key) => ({
      key,
      ...policyRows[key]({ policy, protocol }),
    }),
  )
}

/** Whether the policy has what the key is about. */
export function holds(policy: PolicyModel, key: WordName): boolean {
  let at: unknown = policy
  for (const step of key.split('.')) {
    const model = at as Readonly<Record<string, unknown>>
    // Durations have their unit in the name there.
    at = model[step] ?? model[`${step}Ms`]
    if (at === undefined) return false
  }
  return true
}
