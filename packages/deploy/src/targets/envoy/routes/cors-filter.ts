import type { CorsModel } from '@watertight/manifest'
import { type Json, typed } from '../json.js'
import { textMatch } from './text-match.js'

export const CORS_FILTER = 'envoy.filters.http.cors'
const ANY_TEXT: Json = { safe_regex: { regex: '.*' } }

/** What pages of other origins may do. */
export function corsFilter(cors: CorsModel | undefined): Json {
  if (cors === undefined) return {}
  return {
    [CORS_FILTER]: typed('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
      allow_origin_string_match: cors.origins.map((match) =>
        match.kind === 'present' ? ANY_TEXT : textMatch(match),
      ),
      allow_methods: cors.methods.join(','),
      allow_headers: cors.headers.join(','),
      expose_headers: cors.expose.join(','),
      max_age: String(Math.round(cors.maxAgeMs / 1_000)),
      allow_credentials: cors.credentials,
    }),
  }
}

/** The question of a browser before it sends a request: it takes a method that the route itself may not. */
export const PREFLIGHT: readonly Json[] = [
  { name: ':method', string_match: { exact: 'OPTIONS' } },
  { name: 'origin', present_match: true },
  { name: 'access-control-request-method', present_match: true },
]
