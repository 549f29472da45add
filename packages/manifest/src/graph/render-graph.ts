import type { SagaModel } from '../model/data-model.js'
import type { ForwardingRoute } from '../model/route-model.js'
import type { CallModel, SystemModel } from '../model/system-model.js'
import { formatPercentage } from '../units/percentage.js'

export type GraphFormat = 'mermaid' | 'dot' | 'json'

interface GraphNode {
  readonly name: string
  readonly kind: 'gateway' | 'service' | 'external' | 'event' | 'saga'
}

interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: 'route' | 'mirror' | 'call' | 'publishes' | 'consumes' | 'runs' | 'step' | 'starts'
  readonly label: string
  readonly optional: boolean
}

/**
 * Draws the call graph with its events and its sagas.
 *
 * @example
 * const { system } = readManifest('watertight: v1\nsystem: shop\nservices: { order: { calls: { payment: {} } }, payment: {} }', 'watertight.yaml')
 * if (system !== undefined) console.log(renderGraph(system.model, 'mermaid')) // flowchart LR ...
 */
export function renderGraph(model: SystemModel, format: GraphFormat): string {
  const nodes = graphNodes(model)
  const edges = graphEdges(model)
  if (format === 'json')
    return `${JSON.stringify({ schemaVersion: 1, system: model.name, nodes, edges }, null, 2)}\n`
  return format === 'dot' ? renderDot(model.name, nodes, edges) : renderMermaid(nodes, edges)
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

// An event or a saga may have the name of a service, so identifiers carry the kind.
type NameSpace = 'service' | 'event' | 'saga'

function spaceOf(kind: GraphNode['kind']): NameSpace {
  return kind === 'event' || kind === 'saga' ? kind : 'service'
}

function identify(nodes: readonly GraphNode[]): (name: string, space: NameSpace) => string {
  const ids = new Map(nodes.map(({ name, kind }, index) => [`${spaceOf(kind)}/${name}`, `n${index}`]))
  return (name, space) => ids.get(`${space}/${name}`) ?? 'unknown'
}

function ends({ from, to, kind }: GraphEdge, id: ReturnType<typeof identify>): [string, string] {
  const isSaga = kind === 'step' || kind === 'starts'
  return [
    id(from, kind === 'consumes' ? 'event' : isSaga ? 'saga' : 'service'),
    id(to, kind === 'publishes' ? 'event' : kind === 'runs' || kind === 'starts' ? 'saga' : 'service'),
  ]
}

function isDashed({ optional, kind }: GraphEdge): boolean {
  return optional || kind === 'publishes' || kind === 'consumes'
}

const MERMAID_SHAPES = {
  gateway: ['{{', '}}'],
  service: ['[', ']'],
  external: ['([', '])'],
  event: ['>', ']'],
  saga: ['[[', ']]'],
} as const

function renderMermaid(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string {
  const id = identify(nodes)
  const lines = nodes.map(({ name, kind }) => {
    const [open, close] = MERMAID_SHAPES[kind]
    return `  ${id(name, spaceOf(kind))}${open}"${name}"${close}`
  })
  for (const edge of edges) {
    const [from, to] = ends(edge, id)
    const arrow = isDashed(edge) ? '-.->' : '-->'
    // Mermaid ends a label at a quote, and a route's path may hold one.
    const label = edge.label === '' ? '' : `|"${edge.label.replaceAll('"', '#quot;')}"|`
    lines.push(`  ${from} ${arrow}${label} ${to}`)
  }
  return `flowchart LR\n${lines.join('\n')}\n`
}

const DOT_SHAPES = {
  gateway: 'hexagon',
  service: 'box',
  external: 'ellipse',
  event: 'note',
  saga: 'component',
} as const

function renderDot(system: string, nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string {
  const id = identify(nodes)
  const lines = nodes.map(({ name, kind }) => {
    return `  ${id(name, spaceOf(kind))} [label=${JSON.stringify(name)}, shape=${DOT_SHAPES[kind]}]`
  })
  for (const edge of edges) {
    const [from, to] = ends(edge, id)
    const style = isDashed(edge) ? 'dashed' : 'solid'
    lines.push(`  ${from} -> ${to} [label=${JSON.stringify(edge.label)}, style=${style}]`)
  }
  return `digraph ${JSON.stringify(system)} {\n  rankdir=LR\n${lines.join('\n')}\n}\n`
}
