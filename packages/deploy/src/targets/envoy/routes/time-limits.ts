import type { PolicyModel } from '@watertight/manifest'
import { type Json, seconds } from '../json.js'
import { isHedged } from './is-hedged.js'

/** Zero means none. A route that says nothing would have Envoy's 15 seconds. */
export const NO_LIMITS: Json = { timeout: '0s', idle_timeout: '0s' }

/**
 * The limits of a request. A total that is written covers the body of the answer, as Envoy's timeout does. The one
 * that nobody wrote ends with the head, for streams run for hours: there each try has that long instead.
 */
export function timeLimits(policy: PolicyModel): Json {
  const { timeout } = policy
  if (timeout === undefined) return NO_LIMITS
  const whole = isTotalWritten(policy) || isHedged(policy)
  return { timeout: whole ? seconds(timeout.totalMs) : '0s', idle_timeout: silence(policy) }
}

/**
 * Envoy counts silence from the request on. The limit that nobody wrote begins with the head of the answer, and so must
 * leave a slow answer its time.
 */
function silence(policy: PolicyModel): string {
  const { idleMs = Infinity, totalMs = Infinity } = policy.timeout ?? {}
  const limitMs = isIdleWritten(policy) ? idleMs : Math.max(idleMs, totalMs)
  return Number.isFinite(limitMs) ? seconds(limitMs) : '0s'
}

export function isIdleWritten({ origins }: PolicyModel): boolean {
  return origins.get('timeout.idle')?.kind === 'document'
}

/** How long one try may take up to the head of its answer; undefined for no limit. */
export function attemptLimitMs(policy: PolicyModel): number | undefined {
  const { timeout, hedge } = policy
  if (isHedged(policy)) return hedge?.afterMs
  if (timeout === undefined) return undefined
  if (timeout.attemptMs !== undefined) return timeout.attemptMs
  return isTotalWritten(policy) ? undefined : timeout.totalMs
}

export function isTotalWritten({ origins }: PolicyModel): boolean {
  return origins.get('timeout.total')?.kind === 'document'
}
