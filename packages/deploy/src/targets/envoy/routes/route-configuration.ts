import type { RouteMatch } from '@watertight/manifest'
import { type Json, typed } from '../json.js'
import type { Passage } from '../passage.js'
import { passageRoutes } from './passage-routes.js'
import { rateLimitFilter } from './rate-limits.js'

/**
 * The routes of a listener. Envoy looks for the host first and then for the first route of that host, the document for
 * the first route that matches in all: so each host that is named has all the routes that may take its requests.
 */
export function routeConfiguration(
  name: string,
  passages: readonly Passage[],
  clusterOf: (passage: Passage) => string,
): Json {
  const hosts = [...new Set(passages.flatMap(({ match }) => match.hosts)), '*']
  const limits = rateLimitFilter(passages)
  return typed('envoy.config.route.v3.RouteConfiguration', {
    name,
    ignore_port_in_host_matching: true,
    virtual_hosts: hosts.map((host) => ({
      name: host,
      domains: [host],
      include_request_attempt_count: true,
      routes: passages
        .filter(({ match }) => takes(match, host))
        .flatMap((passage) => passageRoutes(passage, clusterOf(passage))),
    })),
    ...(limits === undefined ? {} : { typed_per_filter_config: limits }),
  })
}

/** Whether a route may take requests whose host is the one named, or one of those. */
function takes({ hosts }: RouteMatch, host: string): boolean {
  return hosts.length === 0 || hosts.some((pattern) => pattern === host || isBelow(host, pattern))
}

function isBelow(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') && host !== '*' && host.endsWith(pattern.slice(1))
}
