import type { Json } from '../json.js'
import { mirrorCluster, type Passage, shares } from '../passage.js'
import { corsFilter, PREFLIGHT } from './cors-filter.js'
import { fallbackFilter } from './fallback-filter.js'
import { faultFilter, percentage } from './fault-filter.js'
import { hashPolicy } from './hash-policy.js'
import { headerChanges } from './header-changes.js'
import { isHedged } from './is-hedged.js'
import { pathSpecifier } from './path-specifier.js'
import { rateLimitMark } from './rate-limits.js'
import { isUnsentOnly } from './envoy-conditions.js'
import { retryPolicy } from './retry-policy.js'
import { type RepeatableMatch, repeatableMatches } from './repeatable-matches.js'
import { rewrite } from './rewrite.js'
import { NO_LIMITS, timeLimits } from './time-limits.js'
import { otherMatches } from './text-match.js'

/** Weights are whole numbers there. */
const WEIGHT_PARTS = 1_000

/** The routes of a passage, in the order in which they are to be tried. */
export function passageRoutes(passage: Passage): readonly Json[] {
  const { route, match } = passage
  const preflight: RepeatableMatch[] =
    route?.cors === undefined || match.methods.length === 0
      ? []
      : [{ path: undefined, headers: PREFLIGHT, repeatable: false }]
  const filters = perFilter(passage)
  return [...preflight, ...matchesOf(passage)].map((own) => ({
    match: {
      ...(own.path ?? pathSpecifier(match)),
      ...otherMatches(
        own.headers === PREFLIGHT ? { ...match, methods: [] } : match,
        own.headers,
        route !== undefined,
      ),
    },
    route: {
      ...destination(passage),
      ...action(passage, own.repeatable),
      ...hashPolicy(passage.policy),
      ...rewrite(route?.rewrite, match),
      ...mirrors(passage),
    },
    ...(route === undefined ? {} : headerChanges(route.headers)),
    ...rateLimitMark(passage),
    ...filters,
  }))
}

function perFilter(passage: Passage): Json {
  const { route } = passage
  const all = { ...fallbackFilter(passage), ...faultFilter(route?.fault), ...corsFilter(route?.cors) }
  return Object.keys(all).length === 0 ? {} : { typed_per_filter_config: all }
}

/** Where every request is treated alike, one route is enough. */
function matchesOf(passage: Passage): readonly RepeatableMatch[] {
  const { policy, enforced } = passage
  const again = policy.retry !== undefined && policy.retry.attempts > 1 && !isUnsentOnly(policy.retry.on)
  if (enforced && (again || isHedged(policy))) return repeatableMatches(passage)
  return [{ path: undefined, headers: [], repeatable: true }]
}

function destination(passage: Passage): Json {
  const clusters = shares(passage)
  if (clusters.length === 1) return { cluster: clusters[0]!.cluster }
  return {
    weighted_clusters: {
      clusters: clusters.map(({ cluster, weight }) => ({
        name: cluster,
        weight: Math.round(weight * WEIGHT_PARTS),
      })),
      // The same key, the same version.
      ...(passage.policy.hashOn === undefined ? {} : { use_hash_policy: true }),
    },
  }
}

function mirrors(passage: Passage): Json {
  const { mirror } = passage.route ?? {}
  if (mirror === undefined) return {}
  return {
    request_mirror_policies: [
      {
        cluster: mirrorCluster(passage),
        runtime_fraction: { default_value: percentage(mirror.share) },
        disable_shadow_host_suffix_append: true,
      },
    ],
  }
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
