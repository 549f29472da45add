import type { SagaModel } from '../model/data-model.js'
import type { ForwardingRoute } from '../model/route-model.js'
import type { CallModel, ServiceModel, SystemModel } from '../model/system-model.js'
import { formatPercentage } from '../units/percentage.js'

export interface GraphNode {
  readonly name: string
  readonly kind: 'gateway' | 'service' | 'external' | 'event' | 'saga' | 'store'
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: 'route' | 'mirror' | 'call' | 'publishes' | 'consumes' | 'runs' | 'step' | 'starts' | 'keeps'
  readonly label: string
  readonly optional: boolean
}

export interface SystemGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** What a system consists of, and how its parts are connected. */
export function systemGraph(model: SystemModel): SystemGraph {
  return { nodes: graphNodes(model), edges: graphEdges(model) }
}

function graphNodes(model: SystemModel): GraphNode[] {
  const nodes: GraphNode[] =
    model.document.gateway === undefined ? [] : [{ name: 'gateway', kind: 'gateway' }]
  for (const { name, isOurs } of model.services.values()) {
    nodes.push({ name, kind: isOurs ? 'service' : 'external' })
  }
  const events = new Set<string>()
  for (const { publishes, consumes } of model.services.values()) {
    for (const event of [...publishes, ...consumes.keys()]) events.add(event)
  }
  for (const name of events) nodes.push({ name, kind: 'event' })
  for (const name of model.sagas.keys()) nodes.push({ name, kind: 'saga' })
  for (const name of model.stores.keys()) nodes.push({ name, kind: 'store' })
  return nodes
}

function graphEdges(model: SystemModel): GraphEdge[] {
  const edges: GraphEdge[] = model.forwardingRoutes.flatMap(routeEdges)
  for (const call of model.calls) {
    const optional = call.optional || call.fallback !== undefined
    edges.push({ from: call.from, to: call.to, kind: 'call', label: callLabel(call), optional })
  }
  // What carries an event stands where it leaves, and what makes a second delivery harmless where it arrives.
  const carrier = model.broker.path === undefined ? '' : model.broker.kind
  for (const { name, publishes, consumes } of model.services.values()) {
    for (const event of publishes)
      edges.push({ from: name, to: event, kind: 'publishes', label: carrier, optional: false })
    for (const [event, { idempotent }] of consumes) {
      const label = carrier === '' || idempotent === false ? '' : (idempotent ?? '')
      edges.push({ from: event, to: name, kind: 'consumes', label, optional: false })
    }
  }
  for (const saga of model.sagas.values()) edges.push(...sagaEdges(saga))
  for (const service of model.services.values()) edges.push(...storeEdges(model, service))
  return edges
}

/** Who runs it, and what each of its steps does where; a compensation stands behind its step. */
function sagaEdges({ name, service, stages }: SagaModel): GraphEdge[] {
  const edges: GraphEdge[] =
    service === undefined ? [] : [{ from: service, to: name, kind: 'runs', label: '', optional: false }]
  for (const [index, stage] of stages.entries()) {
    for (const { name: step, service: to, compensate, optional, kind, awaits } of stage) {
      const undone = compensate === undefined ? '' : ` / ${compensate}`
      const label = `${index + 1} ${step}${undone}`
      if (to !== undefined) edges.push({ from: name, to, kind: 'step', label, optional })
      else if (kind === 'saga') edges.push({ from: name, to: awaits ?? '', kind: 'starts', label, optional })
    }
  }
  return edges
}

/** What a service keeps where, a line for each store. */
function storeEdges({ stores }: SystemModel, { name, document }: ServiceModel): GraphEdge[] {
  const { store, idempotency } = document
  const kept = [
    ['data', store],
    ['keys', idempotency && (idempotency.store ?? store)],
    ['copies of answers', idempotency?.cache],
  ] as const
  return [...stores.keys()].flatMap((to) => {
    const label = kept.filter(([, where]) => where === to).map(([what]) => what)
    return label.length === 0
      ? []
      : [{ from: name, to, kind: 'keeps' as const, label: label.join(', '), optional: false }]
  })
}

/** A route with the share of each version, and beside it the copies that it sends. */
function routeEdges({ to, match, split, mirror }: ForwardingRoute): GraphEdge[] {
  const sum = [...split.values()].reduce((all, weight) => all + weight, 0)
  const shares = [...split].map(
    ([version, weight]) => `${version} ${formatPercentage(sum === 0 ? 0 : weight / sum)}`,
  )
  const label = [match.path, shares.join(', ')].filter((part) => part !== '').join(': ')
  const route: GraphEdge = { from: 'gateway', to, kind: 'route', label, optional: false }
  if (mirror === undefined) return [route]
  const version = mirror.version === undefined ? '' : ` to ${mirror.version}`
  const copies = `${match.path}: copies of ${formatPercentage(mirror.share)}${version}`
  return [route, { from: 'gateway', to: mirror.to, kind: 'mirror', label: copies, optional: true }]
}

function callLabel({ policy, enforce, mode }: CallModel): string {
  const parts = [policy.name === '' ? 'no policy' : policy.name]
  if (enforce !== 'process') parts.push(enforce)
  if (mode === 'observe') parts.push('observe')
  return parts.join(', ')
}
