import { type GraphPlan, type GraphShape, planGraph } from './graph-plan.js'

export interface Room {
  readonly width: number
  readonly height: number
}

export interface FittingPlan {
  readonly plan: GraphPlan
  /** How large it is drawn so that all of it is seen; never larger than 1.15. */
  readonly scale: number
  /** Whether figures at the edges would be too small or too many to read: only what stands out shows them. */
  readonly isDense: boolean
}

const SCALE_MAX = 1.15
/** Below this the figures of an edge, at 11 px, cannot be read. */
const LABEL_SCALE_MIN = 0.62
const LABELLED_EDGES_MAX = 60

const node = { nodeWidth: 148, nodeHeight: 58 }
const labelled = { labelWidth: 92, labelHeight: 34 }
const bare = { labelWidth: 0, labelHeight: 0 }

/** Of the graph from left to right and from top to bottom, the one that can be drawn larger. */
export function fittingPlan(shape: GraphShape, room: Room): FittingPlan {
  const isLarge = shape.edges.length > LABELLED_EDGES_MAX
  const label = isLarge ? bare : labelled
  const plans = (isLarge ? (['right'] as const) : (['right', 'down'] as const)).map((direction) =>
    planGraph(shape, { direction, ...node, ...label }),
  )
  const [best] = plans
    .map((plan) => ({ plan, scale: scaleOf(plan, room) }))
    .toSorted((a, b) => b.scale - a.scale)
  if (best === undefined) throw new Error('a graph is planned in one direction at least')
  return { ...best, isDense: isLarge || best.scale < LABEL_SCALE_MIN }
}

function scaleOf({ width, height }: GraphPlan, room: Room): number {
  if (width === 0 || height === 0) return 1
  return Math.min(SCALE_MAX, room.width / width, room.height / height)
}
