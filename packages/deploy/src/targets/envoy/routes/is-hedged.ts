import type { PolicyModel } from '@watertight/manifest'

/**
 * Whether a late request is hedged. Envoy sends the second request when the time of a try has passed, and counts it
 * as a retry: so hedging takes the place of both, and cannot stand beside either.
 */
export function isHedged({ hedge, retry, timeout }: PolicyModel): boolean {
  const retries = retry !== undefined && retry.attempts > 1
  return hedge !== undefined && !retries && timeout?.attemptMs === undefined
}
