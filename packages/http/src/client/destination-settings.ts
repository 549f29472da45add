import { DEFAULT_TOTAL_MS, Observer, RouteTable, Verdicts } from '@watertight/traffic'
import { type ExchangeLimits, exchangeLimits } from './call/exchange-limits.js'
import { Fallback } from './fallback/fallback.js'
import type { CallPolicies } from './fetch-options.js'

/** What the policies of a destination come to. A call keeps those that it began with, whatever is put in force later. */
export interface DestinationSettings {
  readonly policies: CallPolicies
  readonly verdicts: Verdicts
  readonly routes: RouteTable
  readonly limits: ExchangeLimits
  readonly totalMs: number
  /** A total that was asked for covers the body too; the default ends with its head, for streams run for hours. */
  readonly limitsBody: boolean
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
  const { timeout = {}, operations } = policies
  return {
    policies,
    verdicts: verdictsOf(policies),
    routes: new RouteTable(operations instanceof Map ? operations : Object.entries(operations ?? {})),
    limits: exchangeLimits(timeout === false || observes ? NO_LIMITS : timeout, bodyBytesMax),
    totalMs: timeout === false ? Infinity : (timeout.totalMs ?? DEFAULT_TOTAL_MS),
    limitsBody: timeout !== false && (timeout.totalCoversBody ?? timeout.totalMs !== undefined),
    fallback: observes ? undefined : keptFallback(policies, former?.fallback),
    observer: observes ? keptObserver(policies, former?.observer) : undefined,
  }
}

/** What counts as a failure under these policies. */
export function verdictsOf({ answers, breaker, retry }: CallPolicies): Verdicts {
  return new Verdicts({
    answers: answers ?? breaker?.answers,
    retryOn: retry === false ? undefined : retry?.on,
  })
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
