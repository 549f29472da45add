import { Graph, layout } from '@dagrejs/dagre'

export interface GraphShape {
  readonly nodes: readonly string[]
  readonly edges: readonly { readonly id: string; readonly from: string; readonly to: string }[]
}

export interface LayoutOptions {
  /** Callers on the left of what they call, or above it where the page is narrow. */
  readonly direction: 'right' | 'down'
  readonly nodeWidth: number
  readonly nodeHeight: number
  /** Between a caller and what it calls. */
  readonly rankGap: number
  /** What is kept free for the figures of an edge; 0 by 0 for none. */
  readonly labelWidth: number
  readonly labelHeight: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface GraphPlan {
  readonly width: number
  readonly height: number
  /** Centres. */
  readonly nodes: ReadonlyMap<string, Point>
  readonly edges: ReadonlyMap<string, { readonly points: readonly Point[]; readonly label: Point }>
}

const MARGIN = 12

/** Where everything is drawn: layered by Dagre, so that a call points away from whoever makes it. */
export function planGraph(shape: GraphShape, options: LayoutOptions): GraphPlan {
  const { direction, nodeWidth, nodeHeight, labelWidth, labelHeight } = options
  const graph = new Graph({ multigraph: true })
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    nodesep: direction === 'right' ? 26 : 20,
    edgesep: 14,
    ranksep: options.rankGap,
    marginx: MARGIN,
    marginy: MARGIN,
  })
  const known = new Set(shape.nodes)
  for (const name of shape.nodes) graph.setNode(name, { width: nodeWidth, height: nodeHeight })
  for (const { id, from, to } of shape.edges) {
    // Dagre takes an edge's name from its caller, and a self call only spreads the layout.
    if (!known.has(from) || !known.has(to) || from === to) continue
    graph.setEdge(from, to, { width: labelWidth, height: labelHeight, labelpos: 'c' }, id)
  }
  layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  const edges = graph.edges().flatMap((edge: { name?: string; v: string; w: string }) => {
    const { points: bends, x, y } = graph.edge(edge) as { points: Point[]; x?: number; y?: number }
    const ends = [edge.v, edge.w].map((name) => pointOf(graph.node(name) as Point))
    const points = throughSides(bends, ends, options)
    const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 }
    return [[edge.name ?? '', { points, label: { x: x ?? middle.x, y: y ?? middle.y } }] as const]
  })
  return {
    width,
    height,
    nodes: new Map(graph.nodes().map((name: string) => [name, pointOf(graph.node(name) as Point)])),
    edges: new Map(edges),
  }
}

/** A call that points forward leaves its caller in the middle of the side that faces what it calls; Dagre lets it leave anywhere. */
function throughSides(
  bends: readonly Point[],
  [from, to]: readonly Point[],
  { direction, nodeWidth, nodeHeight }: LayoutOptions,
): readonly Point[] {
  if (from === undefined || to === undefined) return bends
  const between = bends.slice(1, -1)
  if (direction === 'right')
    return from.x + nodeWidth > to.x
      ? bends
      : [{ x: from.x + nodeWidth / 2, y: from.y }, ...between, { x: to.x - nodeWidth / 2, y: to.y }]
  return from.y + nodeHeight > to.y
    ? bends
    : [{ x: from.x, y: from.y + nodeHeight / 2 }, ...between, { x: to.x, y: to.y - nodeHeight / 2 }]
}

const pointOf = ({ x, y }: Point): Point => ({ x, y })
