import { ImportError } from '../import-error.js'
import { type ImportSource, listedDocuments, settingsOf } from '../settings/read-settings.js'
import type { Setting } from '../settings/setting.js'
import { readText } from '../settings/values.js'
import { Block } from '../writing/block.js'
import type { Draft, DraftOptions } from '../writing/draft.js'
import { Names, plainName } from '../writing/names.js'
import { ServiceTable } from '../writing/service-table.js'
import { gatewayRoutes } from './gateway-routes.js'
import { Hosts } from './hosts.js'
import { meshPolicy } from './mesh-policy.js'
import { istioReason } from './reasons.js'
import { declineRouting, mainRoute } from './main-route.js'

interface IstioObject {
  readonly document: Setting
  readonly namespace: string
}

/** What the objects say about one service of the mesh. */
interface MeshService {
  route?: Setting | undefined
  traffic?: Setting | undefined
  comment: string
}

/**
 * Istio's VirtualService and DestinationRule objects. Hosts of the mesh become callees of one service, for a
 * VirtualService does not say who calls; routes of an ingress gateway become routes of the manifest's gateway.
 */
export function fromIstio(source: ImportSource, options: DraftOptions): Draft {
  const objects = readObjects(source)
  const names = new Names()
  const caller = names.nameFor(`caller ${options.service ?? 'app'}`, options.service ?? 'app')
  const hosts = new Hosts(names)
  const mesh = new Map<string, MeshService>()
  const services = new ServiceTable()
  const routes: Block[] = []
  for (const object of objects) {
    if (object.document.at('kind')?.text === 'VirtualService')
      readVirtualService(object, hosts, mesh, services, routes)
    else readDestinationRule(object, hosts, mesh)
  }
  const policies = new Block()
  for (const [name, { route, traffic, comment }] of mesh) {
    policies.nest(name, meshPolicy(route, traffic), comment)
    services.add(name, comment)
    services.call(caller, name, new Block().put('policy', name))
  }
  services.add(caller)
  const mutual = objects
    .map(({ document }) => document.at('spec', 'trafficPolicy', 'tls', 'mode'))
    .find(isMutual)
  const kind = new Block().put('kind', 'istio')
  if (mutual !== undefined) kind.from('mutualTls', 'true', mutual.use(), 'ISTIO_MUTUAL')
  for (const { document } of objects) document.declineRest(istioReason)
  const head = new Block().put(
    'enforce',
    'mesh',
    'Istio does it today; write process or sidecar when they take over',
  )
  return {
    system: plainName(options.system ?? objects[0]?.document.at('metadata', 'namespace')?.text ?? 'mesh'),
    head: head.nest('mesh', kind),
    policies,
    services: services.blocks(),
    ...(routes.length === 0 ? {} : { gateway: new Block().list('routes', routes) }),
  }
}

function isMutual(mode: Setting | undefined): mode is Setting {
  return mode?.text === 'ISTIO_MUTUAL'
}

function readObjects(source: ImportSource): IstioObject[] {
  const objects = listedDocuments(source).flatMap((node, index) => {
    const given = node.entries?.get('kind')?.node.value
    const kind = typeof given === 'string' ? given : 'document'
    const name = node.entries?.get('metadata')?.node.entries?.get('name')?.node.value
    const path = typeof name === 'string' ? `${kind}/${name}` : `${kind}[${index}]`
    const document = settingsOf(source, node, path)
    if (kind !== 'VirtualService' && kind !== 'DestinationRule') {
      document.decline(
        'only VirtualService and DestinationRule are imported; describe the rest in the manifest by hand',
      )
      return []
    }
    for (const key of ['apiVersion', 'kind']) document.at(key)?.use()
    document.at('metadata', 'name')?.use()
    return [{ document, namespace: document.at('metadata', 'namespace')?.use().text ?? '' }]
  })
  if (objects.length === 0) {
    throw new ImportError(
      `cannot import ${source.file}: a VirtualService or a DestinationRule is needed, and there is none`,
    )
  }
  return objects
}

function readVirtualService(
  { document, namespace }: IstioObject,
  hosts: Hosts,
  mesh: Map<string, MeshService>,
  services: ServiceTable,
  routes: Block[],
): void {
  const gateways = document.at('spec', 'gateways')?.items ?? []
  const inMesh = gateways.length === 0 || gateways.some(({ text }) => text === 'mesh')
  const http = document.at('spec', 'http')?.items ?? []
  if (http.length === 0) {
    document.decline('it has no HTTP route, and calls are HTTP here: leave TCP and TLS to the mesh')
    return
  }
  const serviceOf = (host: string): string => hosts.serviceOf(host, namespace)
  for (const gateway of gateways) if (gateway.text === 'mesh') gateway.use()
  const outside = gateways.some(({ text }) => text !== 'mesh')
  if (outside) {
    for (const host of document.at('spec', 'hosts')?.items ?? []) if (host.text === '*') host.use()
    const made = http.flatMap((route) =>
      gatewayRoutes(route, (host) => {
        const name = serviceOf(host)
        services.add(name)
        return name
      }),
    )
    routes.push(...made)
  }
  if (!inMesh) return
  const route = mainRoute(http)
  const callees = (document.at('spec', 'hosts')?.items ?? []).flatMap((host) => {
    const read = readText(host)
    return read === undefined ? [] : [{ host, name: serviceOf(read.value) }]
  })
  // Where a gateway uses the same routes, it has said already what becomes of them.
  if (callees.length > 0 && !outside) {
    declineRouting(http, route, (host) => callees.some(({ name }) => name === serviceOf(host)))
  }
  for (const { host, name } of callees) {
    const service = mesh.get(name)
    if (service?.route !== undefined) {
      document.decline(`an earlier VirtualService already routes to ${name}: merge the two`)
    } else mesh.set(name, { ...service, route, comment: service?.comment ?? `${host.place} ${host.text}` })
  }
}

function readDestinationRule(
  { document, namespace }: IstioObject,
  hosts: Hosts,
  mesh: Map<string, MeshService>,
): void {
  const host = readText(document.at('spec', 'host'))
  if (host === undefined)
    return document.decline('a DestinationRule needs spec.host, so this one is left out')
  const name = hosts.serviceOf(host.value, namespace)
  const service = mesh.get(name)
  if (service?.traffic !== undefined) {
    document.decline(`an earlier DestinationRule is already there for ${name}: merge the two`)
    return
  }
  const traffic = document.at('spec', 'trafficPolicy') ?? document
  mesh.set(name, { ...service, traffic, comment: service?.comment ?? `${host.from.place} ${host.value}` })
}
