import type { Json } from '../json.js'
import type { Passage } from '../passage.js'
import { fallbackFilter } from './fallback-filter.js'
import { hashPolicy } from './hash-policy.js'
import { isHedged } from './is-hedged.js'
import { pathSpecifier } from './path-specifier.js'
import { rateLimitMark } from './rate-limits.js'
import { isUnsentOnly } from './envoy-conditions.js'
import { retryPolicy } from './retry-policy.js'
import { type RepeatableMatch, repeatableMatches } from './repeatable-matches.js'
import { NO_LIMITS, timeLimits } from './time-limits.js'

/** The routes of a passage, in the order in which they are to be tried. */
export function passageRoutes(passage: Passage, cluster: string): readonly Json[] {
  const perFilter = fallbackFilter(passage)
  const filters = Object.keys(perFilter).length === 0 ? {} : { typed_per_filter_config: perFilter }
  return matchesOf(passage).map((match) => ({
    match: {
      ...(match.path ?? pathSpecifier(passage.match)),
      ...headersOf(passage, match),
    },
    route: { cluster, ...action(passage, match.repeatable), ...hashPolicy(passage.policy) },
    ...rateLimitMark(passage),
    ...filters,
  }))
}

/** Where every request is treated alike, one route is enough. */
function matchesOf(passage: Passage): readonly RepeatableMatch[] {
  const { policy, enforced } = passage
  const again = policy.retry !== undefined && policy.retry.attempts > 1 && !isUnsentOnly(policy.retry.on)
  if (enforced && (again || isHedged(policy))) return repeatableMatches(passage)
  return [{ path: undefined, headers: [], repeatable: true }]
}

function headersOf({ match: { methods } }: Passage, { headers }: RepeatableMatch): Json {
  const all =
    methods.length === 0
      ? headers
      : [{ name: ':method', string_match: { safe_regex: { regex: methods.join('|') } } }, ...headers]
  return all.length === 0 ? {} : { headers: all }
}

function action({ policy, enforced }: Passage, repeatable: boolean): Json {
  if (!enforced) return NO_LIMITS
  const retry = retryPolicy(policy, repeatable)
  return {
    ...timeLimits(policy),
    ...(retry === undefined ? {} : { retry_policy: retry }),
    ...(isHedged(policy) && repeatable ? { hedge_policy: { hedge_on_per_try_timeout: true } } : {}),
  }
}
