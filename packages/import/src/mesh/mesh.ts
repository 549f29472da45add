import { ImportError } from '../import-error.js'
import {
  type ImportSource,
  type KubernetesObject,
  kubernetesObjects,
  namesOf,
} from '../settings/import-source.js'
import type { Setting } from '../settings/setting.js'
import { readText } from '../settings/read.js'
import { Block } from '../writing/block.js'
import type { Draft, ImportOptions } from '../writing/draft.js'
import { Names, plainName } from '../writing/names.js'
import { ServiceTable } from '../writing/service-table.js'
import { withTimeLimit } from '../writing/time-limit.js'
import { applyWildcards, mutualModes, readDestinationRule, type WildcardRule } from './destination-rule.js'
import { Hosts } from './hosts.js'
import { gatewayListener } from './gateway-listener.js'
import { readHttpRoute, type RouteDefaults } from './http-route.js'
import { meshKeys, type MeshKind } from './mesh-keys.js'
import { annotatedLimits, annotatedRetries, annotatedTraffic, isAnnotated } from './linkerd-annotations.js'
import { type CallSections, MeshTable } from './mesh-table.js'
import { retryBlock } from './retries.js'
import { readServiceProfile } from './service-profile.js'
import { callSections, readVirtualService, type RouteContext, routedVersions } from './virtual-service.js'

interface Flavour {
  /** As people write it. */
  readonly name: string
  readonly kinds: readonly string[]
  readonly needs: string
  readonly head: Block
  /** How a service is called that no object says it of. */
  readonly unsaid: (budget: Block | undefined) => CallSections
  readonly defaults: RouteDefaults
  /** Retries of every route of a gateway that says nothing of them. */
  readonly gatewayRetry: Block | undefined
}

const silent: CallSections = {
  timeout: new Block(),
  retry: undefined,
  retryComment: 'nothing is retried where nothing is said',
}

function flavourOf(kind: 'istio' | 'gateway-api' | 'linkerd'): Flavour {
  const today = (name: string): Block =>
    new Block().put('enforce', 'mesh', `${name} does it today; write process or sidecar when they take over`)
  const none: RouteDefaults = { limits: () => new Block(), retries: () => undefined }
  if (kind === 'istio') {
    return {
      name: 'Istio',
      kinds: ['VirtualService', 'DestinationRule', 'ServiceEntry', 'Gateway', 'HTTPRoute', 'GRPCRoute'],
      needs: 'a VirtualService, a DestinationRule or an HTTPRoute',
      head: today('Istio'),
      unsaid: (budget) => callSections(undefined, budget),
      defaults: { limits: () => new Block(), retries: (_, budget) => retryBlock(undefined, budget) },
      gatewayRetry: retryBlock(undefined, undefined),
    }
  }
  if (kind === 'linkerd') {
    return {
      name: 'Linkerd',
      kinds: ['ServiceProfile', 'HTTPRoute', 'GRPCRoute', 'Service'],
      needs: 'a ServiceProfile, an HTTPRoute or a Service with annotations of Linkerd',
      head: today('Linkerd'),
      unsaid: () => silent,
      defaults: { limits: annotatedLimits, retries: (document) => annotatedRetries(document) },
      gatewayRetry: undefined,
    }
  }
  return {
    name: 'the Gateway API',
    kinds: ['HTTPRoute', 'GRPCRoute'],
    needs: 'an HTTPRoute or a GRPCRoute',
    head: new Block(),
    unsaid: () => silent,
    defaults: none,
    gatewayRetry: undefined,
  }
}

/**
 * Objects of a mesh. Hosts of the mesh become callees of one service, for no object says who calls; routes of an ingress
 * gateway become routes of the manifest's gateway.
 */
export function fromMesh(
  kind: 'istio' | 'gateway-api' | 'linkerd',
  sources: readonly ImportSource[],
  options: ImportOptions,
): Draft {
  const flavour = flavourOf(kind)
  const objects = ownObjects(sources, flavour)
  const names = new Names()
  const given = options.service ?? 'app'
  const caller = names.nameFor(`caller ${given}`, given)
  const hosts = new Hosts(names)
  const table = new MeshTable(flavour.name, flavour.unsaid)
  const services = new ServiceTable()
  const routes: Block[] = []
  const listen = readObjects(objects, { hosts, table, services, routes }, flavour)
  for (const route of routes) table.applyTraffic(route)
  const policies = new Block()
  for (const [name, { comment }] of table.entries) {
    const { policy, operations } = table.policyOf(name)
    policies.nest(name, policy, comment)
    services.add(name, comment)
    const call = new Block().put('policy', name)
    services.call(caller, name, operations === undefined ? call : call.nest('operations', operations))
  }
  services.add(caller)
  const head = headOf(kind, flavour, objects)
  for (const { document, kind: own } of objects) document.declineRest(meshKeys[own as MeshKind])
  const namespace = objects.find((object) => object.namespace !== '')?.namespace
  return {
    system: plainName(options.system ?? namespace ?? (kind === 'gateway-api' ? 'gateway' : 'mesh')),
    head,
    policies,
    services: services.blocks(),
    gateway: routes.length === 0 ? undefined : gatewayBlock(routes, listen, flavour),
  }
}

function readObjects(
  objects: readonly KubernetesObject[],
  context: RouteContext,
  { defaults }: Flavour,
): Block | undefined {
  const { hosts, table } = context
  const subsets = new Map<string, Map<string, ReadonlyMap<string, string>>>()
  let listen: Block | undefined
  const routed = new Map<string, Set<string>>()
  const wildcards: WildcardRule[] = []
  for (const { document, kind, namespace } of objects)
    if (kind === 'VirtualService') routedVersions(document, namespace, hosts, routed)
    else if (kind === 'DestinationRule') {
      const host = document.at('spec', 'host')?.text ?? ''
      if (!host.startsWith('*')) subsetLabels(document, hosts.serviceOf(host, namespace), subsets)
    }
  for (const { document, kind, namespace } of objects) {
    if (kind === 'VirtualService') readVirtualService(document, namespace, context)
    else if (kind === 'ServiceEntry') readServiceEntry(document, namespace, context, subsets)
    else if (kind === 'Gateway') listen = gatewayListener(document, listen)
    else if (kind === 'DestinationRule') {
      const wildcard = readDestinationRule(document, namespace, { hosts, table, routed })
      if (wildcard !== undefined) wildcards.push(wildcard)
    } else if (kind === 'ServiceProfile') readServiceProfile(document, namespace, hosts, table)
    else if (kind === 'Service') readService(document, namespace, context, defaults)
    else readHttpRoute(document, namespace, context, defaults)
  }
  applyWildcards(wildcards, { hosts, table, routed })
  return listen
}

/** A Service with annotations of Linkerd. Objects that are routed to it come first, so their word counts. */
function readService(
  document: Setting,
  namespace: string,
  { hosts, table }: RouteContext,
  defaults: RouteDefaults,
): void {
  const name = readText(document.at('metadata', 'name'))
  if (name === undefined) return
  const callee = hosts.serviceOf(name.value, namespace)
  table.setCall(callee, name.from, (budget) => {
    const retry = defaults.retries(document, budget)
    return {
      timeout: defaults.limits(document),
      retry,
      retryComment: retry === undefined ? 'no annotation asks for retries' : undefined,
    }
  })
  const traffic = annotatedTraffic(document)
  if (traffic !== undefined) table.setTraffic(callee, name.from, traffic)
}

/** Objects that `init` makes services of. */
const readByInit = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
])

/** The objects that this format is about; the others are named. */
function ownObjects(
  sources: readonly ImportSource[],
  { kinds, needs }: Flavour,
): readonly KubernetesObject[] {
  const objects = kubernetesObjects(sources)
  const isOwn = ({ kind, document }: KubernetesObject): boolean =>
    kinds.includes(kind) &&
    (kind !== 'Service' || isAnnotated(document)) &&
    (kind !== 'Gateway' || document.at('apiVersion')?.text.startsWith('networking.istio.io/') === true)
  const own = objects.filter(isOwn)
  if (own.length === 0) {
    throw new ImportError(`cannot import ${namesOf(sources)}: ${needs} is needed, and there is none`)
  }
  for (const object of objects) {
    if (!isOwn(object)) {
      object.document.decline(
        readByInit.has(object.kind)
          ? 'it says who serves, not how calls behave: `watertight init --from` reads it'
          : `only ${kinds.filter((kind) => kind !== 'Service').join(', ')} are imported; describe the rest in the manifest by hand`,
      )
    }
  }
  // What is said of one route counts before what is said of a service as a whole.
  return own.toSorted((a, b) => Number(a.kind === 'Service') - Number(b.kind === 'Service'))
}
import { readServiceEntry, subsetLabels } from './service-entry.js'

function headOf(
  kind: 'istio' | 'gateway-api' | 'linkerd',
  { head }: Flavour,
  objects: readonly KubernetesObject[],
): Block {
  if (kind === 'gateway-api') return head
  const mesh = new Block().put('kind', kind)
  const [mutual] = objects.flatMap(({ document }) => mutualModes(document))
  if (mutual !== undefined) mesh.put('mutualTls', 'true', `${mutual.place} ISTIO_MUTUAL`)
  if (kind === 'linkerd') mesh.put('mutualTls', 'true', 'Linkerd does it between all meshed pods')
  return head.nest('mesh', mesh)
}

function gatewayBlock(
  routes: readonly Block[],
  listen: Block | undefined,
  { gatewayRetry, name }: Flavour,
): Block {
  const gateway = new Block()
  if (listen !== undefined) gateway.nest('listen', listen)
  if (routes.some((route) => !route.has('timeout'))) gateway.nest('timeout', withTimeLimit(new Block(), name))
  if (gatewayRetry !== undefined && routes.some((route) => !route.has('retry')))
    gateway.nest('retry', gatewayRetry)
  return gateway.list('routes', routes)
}
