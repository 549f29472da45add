import type { CallModel, ForwardingRoute, SystemModel } from '@watertight/manifest'
import { manifestSettings } from '@watertight/traffic'
import type { RequestHead } from '../http1/index.js'
import type { Destination } from '../upstream/destination.js'
import type { DestinationPool } from '../upstream/destination-pool.js'
import { hostMatcher } from './host-matcher.js'
import { pathMatcher } from './path-matcher.js'
import type { Route } from './route.js'

/** The routes of a gateway, in the order of the document: the first that takes a request has it. */
export function gatewayRoutes(model: SystemModel, destinations: DestinationPool): Route[] {
  return model.forwardingRoutes.map((route) => {
    const destination = destinations.get(model, route.to, manifestSettings(asCall(route)))
    return forwardRoute(route, destination)
  })
}

/** All that comes in is meant for this destination. */
export function onlyRoute(name: string, destination: Destination): Route {
  return {
    name,
    matches: () => true,
    action: { kind: 'forward', pick: () => destination, rewrite: undefined, faults: undefined },
  }
}

function forwardRoute({ match }: ForwardingRoute, destination: Destination): Route {
  const takesPath = pathMatcher(match)
  const takesHost = match.hosts.length === 0 ? undefined : hostMatcher(match.hosts)
  const methods = match.methods.length === 0 ? undefined : new Set(match.methods)
  return {
    name: match.path,
    matches: (head: RequestHead, path: string) =>
      takesPath(path) &&
      (methods === undefined || methods.has(head.method)) &&
      (takesHost === undefined || takesHost(head)),
    action: { kind: 'forward', pick: () => destination, rewrite: undefined, faults: undefined },
  }
}

/** A route is a call that the gateway makes. */
function asCall({ to, path, policy, operations, fallback }: ForwardingRoute): CallModel {
  return {
    from: 'gateway',
    to,
    path,
    policy,
    enforce: 'process',
    enforceOrigin: { kind: 'default' },
    mode: policy.mode,
    operations,
    fallback,
    optional: false,
    clientAttempts: 1,
  }
}
