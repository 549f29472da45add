import type { ForwardingRoute } from '../model/route-model.js'
import type { CallModel, SystemModel } from '../model/system-model.js'
import { formatPercentage } from '../units/percentage.js'

export type GraphFormat = 'mermaid' | 'dot' | 'json'

interface GraphNode {
  readonly name: string
  readonly kind: 'gateway' | 'service' | 'external' | 'event'
}

interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: 'route' | 'mirror' | 'call' | 'publishes' | 'consumes'
  readonly label: string
  readonly optional: boolean
}

/**
 * Draws the call graph with its events.
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
  return nodes
}

function graphEdges(model: SystemModel): GraphEdge[] {
  const edges: GraphEdge[] = model.forwardingRoutes.flatMap(routeEdges)
  for (const call of model.calls) {
    const optional = call.optional || call.fallback !== undefined
    edges.push({ from: call.from, to: call.to, kind: 'call', label: callLabel(call), optional })
  }
  for (const { name, publishes, consumes } of model.services.values()) {
    for (const event of publishes)
      edges.push({ from: name, to: event, kind: 'publishes', label: '', optional: false })
    for (const event of consumes.keys())
      edges.push({ from: event, to: name, kind: 'consumes', label: '', optional: false })
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

// An event may have the name of a service, so identifiers carry the kind.
function identify(nodes: readonly GraphNode[]): (name: string, event: boolean) => string {
  const ids = new Map(nodes.map(({ name, kind }, index) => [`${kind === 'event'}/${name}`, `n${index}`]))
  return (name, event) => ids.get(`${event}/${name}`) ?? 'unknown'
}

function ends(edge: GraphEdge, id: ReturnType<typeof identify>): [string, string] {
  return [id(edge.from, edge.kind === 'consumes'), id(edge.to, edge.kind === 'publishes')]
}

function isDashed({ optional, kind }: GraphEdge): boolean {
  return optional || kind === 'publishes' || kind === 'consumes'
}

const MERMAID_SHAPES = {
  gateway: ['{{', '}}'],
  service: ['[', ']'],
  external: ['([', '])'],
  event: ['>', ']'],
} as const

function renderMermaid(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string {
  const id = identify(nodes)
  const lines = nodes.map(({ name, kind }) => {
    const [open, close] = MERMAID_SHAPES[kind]
    return `  ${id(name, kind === 'event')}${open}"${name}"${close}`
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

const DOT_SHAPES = { gateway: 'hexagon', service: 'box', external: 'ellipse', event: 'note' } as const

function renderDot(system: string, nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string {
  const id = identify(nodes)
  const lines = nodes.map(({ name, kind }) => {
    return `  ${id(name, kind === 'event')} [label=${JSON.stringify(name)}, shape=${DOT_SHAPES[kind]}]`
  })
  for (const edge of edges) {
    const [from, to] = ends(edge, id)
    const style = isDashed(edge) ? 'dashed' : 'solid'
    lines.push(`  ${from} -> ${to} [label=${JSON.stringify(edge.label)}, style=${style}]`)
  }
  return `digraph ${JSON.stringify(system)} {\n  rankdir=LR\n${lines.join('\n')}\n}\n`
}
