import type { RouteMatch, RouteModel } from '@watertight/manifest'
import { type Json, typed } from '../json.js'
import type { Passage } from '../passage.js'
import { corsFilter } from './cors-filter.js'
import { headerChanges } from './header-changes.js'
import { ownAnswer } from './own-answer.js'
import { passageRoutes } from './passage-routes.js'
import { pathSpecifier } from './path-specifier.js'
import { rateLimitFilter } from './rate-limits.js'
import { otherMatches } from './text-match.js'

/** What a listener does with some of its requests: hands them on, or answers them itself. */
export type Entry = Passage | { readonly answers: RouteModel; readonly match: RouteMatch }

export interface RouteConfigurationOptions {
  readonly name: string
  readonly entries: readonly Entry[]
  /** Bytes of a body that are kept for a further try; undefined for Envoy's own limit. */
  readonly replayBytes: number | undefined
}

/**
 * The routes of a listener. Envoy looks for the host first and then for the first route of that host, the document for
 * the first route that matches in all: so each host that is named has all the routes that may take its requests.
 */
export function routeConfiguration({ name, entries, replayBytes }: RouteConfigurationOptions): Json {
  const hosts = [...new Set(entries.flatMap(({ match }) => match.hosts)), '*']
  const limits = rateLimitFilter(entries.flatMap((entry) => ('answers' in entry ? [] : [entry])))
  return typed('envoy.config.route.v3.RouteConfiguration', {
    name,
    ignore_port_in_host_matching: true,
    max_direct_response_body_size_bytes: largestAnswer(entries),
    virtual_hosts: hosts.map((host) => ({
      name: host,
      domains: [host],
      include_request_attempt_count: true,
      ...(replayBytes === undefined ? {} : { request_body_buffer_limit: String(replayBytes) }),
      routes: entries.filter(({ match }) => takes(match, host)).flatMap(routesOf),
    })),
    ...(limits === undefined ? {} : { typed_per_filter_config: limits }),
  })
}

function routesOf(entry: Entry): readonly Json[] {
  if (!('answers' in entry)) return passageRoutes(entry)
  const { answers, match } = entry
  const own = ownAnswer(answers)
  const changes = headerChanges(answers.headers)
  const added = [own, changes].flatMap((part) => (part['response_headers_to_add'] ?? []) as Json[])
  const cors = corsFilter(answers.cors)
  return [
    {
      match: { ...pathSpecifier(match), ...otherMatches(match, [], true) },
      ...own,
      ...changes,
      ...(added.length === 0 ? {} : { response_headers_to_add: added }),
      ...(Object.keys(cors).length === 0 ? {} : { typed_per_filter_config: cors }),
    },
  ]
}

/** Envoy refuses answers above 4096 bytes unless it is told to expect them. */
function largestAnswer(entries: readonly Entry[]): number {
  const sizes = entries.map((entry) =>
    'answers' in entry ? Buffer.byteLength(entry.answers.respond?.body ?? '') : 0,
  )
  return Math.max(4_096, ...sizes)
}

/** Whether a route may take requests whose host is the one named, or one of those. */
function takes({ hosts }: RouteMatch, host: string): boolean {
  return hosts.length === 0 || hosts.some((pattern) => pattern === host || isBelow(host, pattern))
}

function isBelow(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') && host !== '*' && host.endsWith(pattern.slice(1))
}
