import type { Backoff } from '@watertight/policy'
import type { Random } from '@watertight/policy/decisions'

export interface RetryRules {
  /** How often an event is tried before it is dead; attempts that were started count, however they ended. */
  readonly attemptsMax: number
  readonly backoff: Backoff
}

export type AfterFailure = { readonly state: 'retry'; readonly delayMs: number } | { readonly state: 'dead' }

/** What becomes of an event after its attempt number `attempts` has failed. */
export function afterFailure(
  attempts: number,
  { attemptsMax, backoff }: RetryRules,
  random: Random,
): AfterFailure {
  if (attempts >= attemptsMax) return { state: 'dead' }
  return { state: 'retry', delayMs: backoff.delayMs(attempts, 0, random) }
}
