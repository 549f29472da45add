import { type GraphPlan, type GraphShape, planGraph } from './graph-plan.js'

export interface Room {
  readonly width: number
  readonly height: number
}

export interface NodeSize {
  readonly nodeWidth: number
  readonly nodeHeight: number
}

export interface FittingPlan {
  readonly plan: GraphPlan
  /** How large it is drawn so that all of it is seen; never larger than 1.15. */
  readonly scale: number
  /** Whether figures at the edges would be too small or too many to read: only what stands out shows them. */
  readonly isDense: boolean
  /** Whether there is no room for figures at edges at all: the table has them, and the panel of an edge. */
  readonly isNarrow: boolean
  /** How large its nodes are. */
  readonly node: NodeSize
}

const SCALE_MAX = 1.15
/** Below this the figures of an edge, at 11 px, cannot be read. */
const LABEL_SCALE_MIN = 0.62
const LABELLED_EDGES_MAX = 60

/** A page narrower than this has no room for figures at edges. */
const ROOM_WIDTH_MIN = 520
/** Smaller than so nothing of a small graph can be read; then the reader moves it about. */
const SCALE_MIN = 0.78

const wide: NodeSize = { nodeWidth: 148, nodeHeight: 58 }
const narrow: NodeSize = { nodeWidth: 108, nodeHeight: 44 }
const labelled = { labelWidth: 92, labelHeight: 48, rankGap: 30 }
const bare = { labelWidth: 0, labelHeight: 0, rankGap: 70 }
const close = { ...bare, rankGap: 26 }

/** Of the graph from left to right and from top to bottom, the one that can be drawn larger. */
export function fittingPlan(shape: GraphShape, room: Room): FittingPlan {
  const isLarge = shape.edges.length > LABELLED_EDGES_MAX
  const isNarrow = room.width < ROOM_WIDTH_MIN
  const node = isNarrow ? narrow : wide
  const gaps = isNarrow ? close : isLarge ? bare : labelled
  const plans = (isLarge ? (['right'] as const) : (['right', 'down'] as const)).map((direction) =>
    planGraph(shape, { direction, ...node, ...gaps }),
  )
  const [best] = plans
    .map((plan) => ({ plan, scale: scaleOf(plan, room) }))
    .toSorted((a, b) => b.scale - a.scale)
  if (best === undefined) throw new Error('a graph is planned in one direction at least')
  const scale = isLarge ? best.scale : Math.max(best.scale, isNarrow ? SCALE_MIN : 0)
  return { ...best, scale, node, isNarrow, isDense: isLarge || isNarrow || best.scale < LABEL_SCALE_MIN }
}

function scaleOf({ width, height }: GraphPlan, room: Room): number {
  if (width === 0 || height === 0) return 1
  return Math.min(SCALE_MAX, room.width / width, room.height / height)
}
