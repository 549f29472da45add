import { type RouteHosts, writeHosts } from '../mesh/gateway-routes.js'
import { MeshTable } from '../mesh/mesh-table.js'
import type { ImportSource } from '../settings/import-source.js'
import { readText, readWhole } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import type { Draft, ImportOptions } from '../writing/draft.js'
import { Names, plainName } from '../writing/names.js'
import { ServiceTable } from '../writing/service-table.js'
import { withTimeLimit } from '../writing/time-limit.js'
import { clusterSections, retryBudget } from './cluster-sections.js'
import { declineUnused } from './envoy-keys.js'
import { type EnvoyResources, envoyResources } from './envoy-resources.js'
import { type HttpListener, httpListeners } from './http-listeners.js'
import { bySpecificity, readDomains, routeMatch } from './route-match.js'
import { readTargets } from './route-targets.js'
import { routeSections, silent } from './route-sections.js'

interface Context {
  readonly clusters: ReadonlyMap<string, Setting>
  readonly names: Names
  readonly table: MeshTable
  /** Gateway routes, where this listener's routes are those of the gateway. */
  readonly routes: Block[] | undefined
}

/**
 * The configuration that an Envoy is started with. Envoy itself is the caller of its clusters; the routes of a listener
 * for requests from outside become those of the manifest's gateway.
 */
export function fromEnvoy(sources: readonly ImportSource[], options: ImportOptions): Draft {
  const resources = envoyResources(sources)
  const names = new Names()
  const node = readText(resources.documents.map((document) => document.at('node', 'cluster')).find(Boolean))
  const given = options.service ?? node?.value ?? 'envoy'
  const caller = names.nameFor(`caller ${given}`, given)
  const clusters = new Map(
    resources.clusters.flatMap((cluster) => {
      const name = cluster.at('name')
      return name === undefined ? [] : [[name.text, cluster] as const]
    }),
  )
  const table = new MeshTable('Envoy', () => silent)
  const routes: Block[] = []
  const front = readListeners(resources, { clusters, names, table, routes })
  const policies = new Block()
  const services = new ServiceTable()
  services.add(
    caller,
    node === undefined ? 'the Envoy of this file' : `${node.from.source}; the Envoy itself`,
  )
  for (const [name, { comment }] of table.entries) {
    policies.nest(name, table.policyOf(name).policy, comment)
    services.add(name, comment)
    services.call(caller, name, new Block().put('policy', name))
  }
  const gateway = front === undefined ? undefined : gatewayBlock(front, routes)
  declineUnused(resources)
  return {
    system: plainName(options.system ?? node?.value ?? 'envoy'),
    head: new Block()
      .put('enforce', 'mesh', 'Envoy does it today; write process or sidecar when they take over')
      .nest('mesh', new Block().put('kind', 'envoy')),
    policies,
    services: services.blocks(),
    gateway,
  }
}

function gatewayBlock({ listener }: HttpListener, routes: readonly Block[]): Block {
  const block = new Block()
  const at = listener?.at('address', 'socketAddress')
  const port = readWhole(at?.at('portValue'), 1, 65_535)
  if (port !== undefined) block.nest('listen', new Block().from('port', port.value, port.from))
  at?.useKeys('address', 'protocol')
  return block.list('routes', routes)
}

/** Every route, and then every cluster that HTTP goes to. Answers whose routes are those of the gateway. */
function readListeners(
  resources: EnvoyResources,
  context: Omit<Context, 'routes'> & { readonly routes: Block[] },
): HttpListener | undefined {
  const { found, others, isFollowed } = httpListeners(resources)
  let front: HttpListener | undefined
  for (const one of found) {
    const isFront = front === undefined && !one.isOutbound
    const routes: Block[] = []
    readRoutes(one, { ...context, routes: isFront ? routes : undefined })
    if (routes.length === 0) continue
    front = one
    context.routes.push(...routes)
  }
  const { clusters, names, table } = context
  const routed = new Set(table.entries.map(([name]) => name))
  for (const [original, cluster] of clusters) {
    const name = names.nameFor(`cluster ${original}`, original)
    const isCallee = routed.has(name) || (found.length === 0 && isFollowed && !others.has(original))
    const at = cluster.at('name')
    if (at === undefined || !isCallee) continue
    at.use()
    at.visit()
    table.setTraffic(name, at, clusterSections(cluster))
  }
  return front
}

function readRoutes(one: HttpListener, context: Context): void {
  for (const configuration of one.configurations) {
    for (const host of bySpecificity(configuration.at('virtualHosts')?.items ?? [])) {
      const hosts = context.routes === undefined ? undefined : readDomains(host, one.serverNames)
      if (hosts === undefined && context.routes !== undefined)
        host
          .at('domains')
          ?.decline('no route could name these hosts, so what is for them is not in the gateway')
      for (const route of host.at('routes')?.items ?? []) readRoute(route, host, hosts, context)
    }
  }
}

function readRoute(
  route: Setting,
  host: Setting,
  hosts: RouteHosts | undefined,
  { clusters, names, table, routes }: Context,
): void {
  const target = readTargets(route, { clusters, names })
  const action = route.at('route')
  if (target === undefined || action === undefined) return
  const match = routes === undefined || hosts === undefined ? undefined : routeMatch(route.at('match'))
  if (hosts !== undefined && match === undefined)
    (route.at('match') ?? route).decline(
      'routes match on path, method and host here; as this one asks for more, it is left out',
    )
  // What nobody writes is not read, and so it is told.
  if (match === undefined && table.hasCall(target.to)) return
  const sections = routeSections(action, host)
  table.setCall(target.to, target.from, sections)
  if (match === undefined || hosts === undefined) return
  writeHosts(hosts, match)
  routes?.push(gatewayRoute(match, target, sections(retryBudget(clusters.get(target.from.text)))))
}

function gatewayRoute(
  match: Block,
  target: { readonly to: string; readonly from: Setting },
  { timeout, retry, retryComment }: ReturnType<ReturnType<typeof routeSections>>,
): Block {
  const block = new Block().nest('match', match).put('to', target.to, target.from.source)
  block.nest('timeout', withTimeLimit(new Block().append(timeout), 'Envoy'))
  return retry === undefined
    ? block.put('retry', '{ attempts: 1 }', retryComment)
    : block.nest('retry', retry)
}
