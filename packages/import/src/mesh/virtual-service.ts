import type { Setting } from '../settings/setting.js'
import { readText } from '../settings/read.js'
import type { Block } from '../writing/block.js'
import type { ServiceTable } from '../writing/service-table.js'
import { gatewayRoutes, readHosts, timeoutBlock } from './gateway-routes.js'
import type { Hosts } from './hosts.js'
import type { CallSections, MeshTable } from './mesh-table.js'
import { retryBlock } from './retries.js'

export interface RouteContext {
  readonly hosts: Hosts
  readonly table: MeshTable
  readonly services: ServiceTable
  /** Routes of the manifest's gateway. */
  readonly routes: Block[]
}

/** Hosts of the mesh get a policy; routes of an ingress gateway become routes of the manifest's gateway. */
export function readVirtualService(document: Setting, namespace: string, context: RouteContext): void {
  const gateways = document.at('spec', 'gateways')?.items ?? []
  const inMesh = gateways.length === 0 || gateways.some(({ text }) => text === 'mesh')
  const http = document.at('spec', 'http')?.items ?? []
  if (http.length === 0) {
    document.decline('it has no HTTP route, and calls are HTTP here: leave TCP and TLS to the mesh')
    return
  }
  for (const gateway of gateways) if (gateway.text === 'mesh') gateway.use()
  const outside = gateways.some(({ text }) => text !== 'mesh')
  if (outside) readOutside(document, namespace, http, context)
  if (inMesh) readInside(document, namespace, outside, http, context)
}

function readOutside(
  document: Setting,
  namespace: string,
  http: readonly Setting[],
  { hosts, services, routes }: RouteContext,
): void {
  const list = document.at('spec', 'hosts')
  const own = readHosts(list)
  if (own === undefined) {
    list?.decline('a route names whole hosts, or all below one (*.shop.example): its routes are left out')
    return
  }
  const serviceOf = (host: string): string => {
    const name = hosts.serviceOf(host, namespace)
    services.add(name)
    return name
  }
  routes.push(...http.flatMap((route) => gatewayRoutes(route, own, serviceOf)))
}

function readInside(
  document: Setting,
  namespace: string,
  outside: boolean,
  http: readonly Setting[],
  { hosts, table }: RouteContext,
): void {
  const route = mainRoute(http)
  const serviceOf = (host: string): string => hosts.serviceOf(host, namespace)
  const callees = (document.at('spec', 'hosts')?.items ?? []).flatMap((host) => {
    if (host.text.startsWith('*')) {
      if (!outside) host.decline('a call goes to one service: name the services that this route is for')
      return []
    }
    const read = readText(host)
    return read === undefined ? [] : [{ host, name: serviceOf(read.value) }]
  })
  // Where a gateway uses the same routes, it has said already what becomes of them.
  if (callees.length > 0 && !outside)
    declineRouting(http, route, (host) => callees.some(({ name }) => name === serviceOf(host)))
  // Several hosts may be names of one service: pay, and pay.shop.svc.cluster.local.
  for (const [name, host] of new Map(callees.toReversed().map((callee) => [callee.name, callee.host]))) {
    if (!table.setCall(name, host, (budget) => callSections(route, budget)))
      document.decline(`an earlier VirtualService already routes to ${name}: merge the two`)
  }
}

/** What Istio does where a route, or nothing at all, speaks of a call. */
export function callSections(route: Setting | undefined, budget: Block | undefined): CallSections {
  const retries = route?.at('retries')
  return {
    timeout: timeoutBlock(route),
    retry: retryBlock(retries, budget),
    retryComment: retries?.source,
  }
}

/** The versions of each service that routes lead to. */
export function routedVersions(
  document: Setting,
  namespace: string,
  hosts: Hosts,
  into: Map<string, Set<string>>,
): void {
  for (const route of document.at('spec', 'http')?.items ?? []) {
    for (const { at } of route.at('route')?.items.map((item) => ({ at: item.at('destination') })) ?? []) {
      const [host, subset] = [at?.at('host'), at?.at('subset')]
      if (host === undefined || subset === undefined) continue
      const name = hosts.serviceOf(host.text, namespace)
      into.set(name, (into.get(name) ?? new Set()).add(subset.text))
    }
  }
}

/**
 * The route whose timeout and retries become the policy of a call: the one that takes every request, or the first.
 * One that leads to no service has none. Changes nothing.
 */
function mainRoute(http: readonly Setting[]): Setting | undefined {
  const forwarding = http.filter((route) => route.at('route') !== undefined)
  return forwarding.find((route) => route.at('match') === undefined) ?? forwarding[0]
}

/**
 * Uses what the routes of a VirtualService say about a call inside the mesh and names the rest: the other routes,
 * conditions, and destinations that are another service than the one called.
 */
function declineRouting(
  http: readonly Setting[],
  main: Setting | undefined,
  isCallee: (host: string) => boolean,
): void {
  for (const route of http) {
    if (route === main) continue
    route.decline(
      'a call has one policy for all its requests, that of the route without a match: make this a service of its own',
    )
  }
  main?.at('match')?.decline('the policy holds for every request of the call, whatever its path')
  const destinations = main?.at('route')?.items ?? []
  for (const destination of destinations) {
    const host = destination.at('destination', 'host')
    if (host === undefined) continue
    if (isCallee(host.text)) host.use()
    else
      host.decline('a call goes to the service that it names: name this one as the callee where it is called')
  }
  if (destinations.length === 1) destinations[0]?.at('weight')?.use()
}
