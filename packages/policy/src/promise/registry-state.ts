import { checkOptions } from '../options/check-options.js'
import { anything, atLeast, required, type Rule } from '../options/rules.js'
import { checkSnapshotOf, type Snapshot } from '../engine/snapshot.js'

/** What a registry's snapshot holds. */
export interface RegistryState {
  /** Wall time in milliseconds. */
  readonly takenAt: number
  /** The one that was used longest ago first. */
  readonly members: readonly MemberState[]
}

export interface MemberState {
  readonly key: string
  /** For how long it had not been used. */
  readonly idleMs: number
  readonly snapshot: Snapshot
}

/** @throws {OptionError} when it is not a snapshot of a registry; what the members hold is theirs to check */
export function checkRegistryState(snapshot: Snapshot): RegistryState {
  checkSnapshotOf('registry', snapshot)
  const state = snapshot.state as RegistryState
  checkOptions('registry from a snapshot', state, STATE_RULES)
  for (const member of state.members) checkOptions('registry from a snapshot', member, MEMBER_RULES)
  return state
}

const STATE_RULES: Readonly<Record<string, Rule>> = {
  takenAt: required({ allowed: 'a finite number', accepts: Number.isFinite }),
  members: required({ allowed: 'an array', accepts: Array.isArray }),
}

const MEMBER_RULES: Readonly<Record<string, Rule>> = {
  key: required({ allowed: 'a string', accepts: (value) => typeof value === 'string' }),
  idleMs: required(atLeast(0)),
  snapshot: required(anything),
}
