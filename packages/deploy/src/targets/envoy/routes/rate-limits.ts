import { type Json, seconds, typed } from '../json.js'
import type { Passage } from '../passage.js'

export const RATE_LIMIT_FILTER = 'envoy.filters.http.local_ratelimit'
const KEY = 'passage'
const METADATA = 'watertight'
/** Envoy fills no bucket more often. */
const FILL_MS_MIN = 50
/** Requests that no descriptor names are not limited. */
const ANY = 4_294_967_295

/** Marks the routes of a passage, so that all of them share one bucket. */
export function rateLimitMark({ name, policy, enforced }: Passage): Json {
  if (!enforced || policy.rateLimit === undefined) return {}
  return { metadata: { filter_metadata: { [METADATA]: { [KEY]: name } } } }
}

/** A bucket for each passage that has a limit, for the whole process; undefined where none has. */
export function rateLimitFilter(passages: readonly Passage[]): Json | undefined {
  const limited = passages.filter(({ policy, enforced }) => enforced && policy.rateLimit !== undefined)
  if (limited.length === 0) return undefined
  return {
    [RATE_LIMIT_FILTER]: typed('envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
      stat_prefix: 'rate_limit',
      token_bucket: { max_tokens: ANY, tokens_per_fill: ANY, fill_interval: seconds(FILL_MS_MIN) },
      filter_enabled: EVERY,
      filter_enforced: EVERY,
      always_consume_default_token_bucket: false,
      rate_limits: [{ actions: [BY_ROUTE] }],
      descriptors: limited.map(({ name, policy: { rateLimit } }) => ({
        entries: [{ key: KEY, value: name }],
        token_bucket: bucket(rateLimit!),
      })),
    }),
  }
}

const EVERY: Json = { default_value: { numerator: 100, denominator: 'HUNDRED' } }

const BY_ROUTE: Json = {
  metadata: {
    descriptor_key: KEY,
    metadata_key: { key: METADATA, path: [{ key: KEY }] },
    source: 'ROUTE_ENTRY',
  },
}

function bucket({ limit, perMs, burst }: NonNullable<Passage['policy']['rateLimit']>): Json {
  const times = Math.max(1, Math.ceil(FILL_MS_MIN / perMs))
  return {
    max_tokens: Math.max(burst, limit * (times - 1)),
    tokens_per_fill: limit * times,
    fill_interval: seconds(perMs * times),
  }
}
