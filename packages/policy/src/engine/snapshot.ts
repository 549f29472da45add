import { OptionError } from '../options/option-error.js'

/** State of a policy as plain JSON. Whatever has no state worth keeping has `state: null`. */
export interface Snapshot {
  readonly version: 1
  readonly policy: string
  readonly state: unknown
}

/**
 * Checks that a snapshot is one of the policy of this name: what was stored may be anything by the time it comes
 * back. The state in it is the policy's to check.
 *
 * @throws {OptionError} when it is not
 */
export function checkSnapshotOf(name: string, snapshot: Snapshot): void {
  const { version, policy } = (snapshot ?? {}) as { version?: unknown; policy?: unknown }
  if (version === 1 && policy === name) return
  throw new OptionError(
    `cannot restore ${name}: the snapshot must be one of ${name}, version 1, ` +
      `got ${String(policy)}, version ${String(version)}`,
    'snapshot',
  )
}
