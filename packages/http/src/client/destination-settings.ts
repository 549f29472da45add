import { callRules, type CallRules, Observer } from '@watertight/traffic'
import { type ExchangeLimits, exchangeLimits } from './call/exchange-limits.js'
import { Fallback } from './fallback/fallback.js'
import type { CallPolicies } from './fetch-options.js'

/** What the policies of a destination come to. A call keeps those that it began with, whatever is put in force later. */
export interface DestinationSettings extends CallRules {
  readonly policies: CallPolicies
  readonly limits: ExchangeLimits
  readonly fallback: Fallback | undefined
  /** In observe mode. */
  readonly observer: Observer | undefined
}

/** The settings of these policies; what the former ones have learnt goes on. */
export function destinationSettings(
  policies: CallPolicies,
  bodyBytesMax: number,
  former: DestinationSettings | undefined,
): DestinationSettings {
  const observes = policies.mode === 'observe'
  const { timeout = {} } = policies
  return {
    ...callRules(policies),
    policies,
    limits: exchangeLimits(timeout === false || observes ? NO_LIMITS : timeout, bodyBytesMax),
    fallback: observes ? undefined : keptFallback(policies, former?.fallback),
    observer: observes ? keptObserver(policies, former?.observer) : undefined,
  }
}

function keptFallback({ fallback }: CallPolicies, former: Fallback | undefined): Fallback | undefined {
  if (fallback === undefined) return undefined
  if (former === undefined) return new Fallback(fallback)
  former.reconfigure(fallback)
  return former
}

function keptObserver(policies: CallPolicies, former: Observer | undefined): Observer {
  if (former === undefined) return new Observer(policies)
  former.reconfigure(policies)
  return former
}

const NO_LIMITS = { responseHeadersMs: Infinity, bodyIdleMs: Infinity }
