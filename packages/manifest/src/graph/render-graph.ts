import type { SystemModel } from '../model/system-model.js'
import { type GraphEdge, type GraphNode, systemGraph } from './system-graph.js'

export type GraphFormat = 'mermaid' | 'dot' | 'json'

/**
 * Draws the call graph with its events, its sagas and its stores.
 *
 * @example
 * const { system } = readManifest('watertight: v1\nsystem: shop\nservices: { order: { calls: { payment: {} } }, payment: {} }', 'watertight.yaml')
 * if (system !== undefined) console.log(renderGraph(system.model, 'mermaid')) // flowchart LR ...
 */
export function renderGraph(model: SystemModel, format: GraphFormat): string {
  const { nodes, edges } = systemGraph(model)
  if (format === 'json')
    return `${JSON.stringify({ schemaVersion: 1, system: model.name, nodes, edges }, null, 2)}\n`
  return format === 'dot' ? renderDot(model.name, nodes, edges) : renderMermaid(nodes, edges)
}

// An event, a saga or a store may have the name of a service, so identifiers carry the kind.
type NameSpace = 'service' | 'event' | 'saga' | 'store'

function spaceOf(kind: GraphNode['kind']): NameSpace {
  return kind === 'event' || kind === 'saga' || kind === 'store' ? kind : 'service'
}

function identify(nodes: readonly GraphNode[]): (name: string, space: NameSpace) => string {
  const ids = new Map(nodes.map(({ name, kind }, index) => [`${spaceOf(kind)}/${name}`, `n${index}`]))
  return (name, space) => ids.get(`${space}/${name}`) ?? 'unknown'
}

/** What stands at the ends of a line, where it is no service. */
const ENDS: { readonly [Kind in GraphEdge['kind']]?: { from?: NameSpace; to?: NameSpace } } = {
  publishes: { to: 'event' },
  consumes: { from: 'event' },
  runs: { to: 'saga' },
  step: { from: 'saga' },
  starts: { from: 'saga', to: 'saga' },
  keeps: { to: 'store' },
}

function ends({ from, to, kind }: GraphEdge, id: ReturnType<typeof identify>): [string, string] {
  const spaces = ENDS[kind]
  return [id(from, spaces?.from ?? 'service'), id(to, spaces?.to ?? 'service')]
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
  store: ['[(', ')]'],
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
  store: 'cylinder',
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
