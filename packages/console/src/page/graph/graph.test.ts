import { expect, it } from 'vitest'
import { edgePath } from './edge-path.js'
import { fittingPlan } from './fitting-plan.js'
import { planGraph } from './graph-plan.js'
import { nearestPlace } from './nearest-place.js'

const shape = {
  nodes: ['gateway', 'order', 'payment', 'tax'],
  edges: [
    ['gateway', 'order'],
    ['order', 'payment'],
    ['order', 'tax'],
  ].map(([from = '', to = '']) => ({ id: `${from}>${to}`, from, to })),
}
const options = { nodeWidth: 148, nodeHeight: 58, labelWidth: 92, labelHeight: 48, rankGap: 30 }

it('callers stand before what they call, in both directions', () => {
  const right = planGraph(shape, { ...options, direction: 'right' }).nodes
  const down = planGraph(shape, { ...options, direction: 'down' }).nodes
  for (const { from, to } of shape.edges) {
    expect(right.get(from)?.x).toBeLessThan(right.get(to)?.x ?? 0)
    expect(down.get(from)?.y).toBeLessThan(down.get(to)?.y ?? 0)
  }
})

it('everything lies within the drawing, and every edge has a line and a place for its figures', () => {
  const { nodes, edges, width, height } = planGraph(shape, { ...options, direction: 'right' })
  expect([...edges.keys()].toSorted()).toEqual(shape.edges.map(({ id }) => id).toSorted())
  for (const { x, y } of [...nodes.values(), ...[...edges.values()].map(({ label }) => label)]) {
    expect(x).toBeGreaterThan(0)
    expect(y).toBeGreaterThan(0)
    expect(x).toBeLessThan(width)
    expect(y).toBeLessThan(height)
  }
})

it('a circle of calls, a call of oneself and a call of a stranger do not stop the drawing', () => {
  const edges = [
    ['order', 'payment'],
    ['payment', 'order'],
    ['order', 'order'],
    ['order', 'nobody'],
  ].map(([from = '', to = '']) => ({ id: `${from}>${to}`, from, to }))
  const plan = planGraph({ nodes: ['order', 'payment'], edges }, { ...options, direction: 'right' })
  expect([...plan.edges.keys()].toSorted()).toEqual(['order>payment', 'payment>order'])
})

it('nothing at all can be drawn', () => {
  expect(fittingPlan({ nodes: [], edges: [] }, { width: 300, height: 200 }).plan.nodes.size).toBe(0)
})

it('a narrow page draws the calls downwards, a wide one to the right', () => {
  const chain = { nodes: shape.nodes.slice(0, 3), edges: shape.edges.slice(0, 2) }
  const narrow = fittingPlan(chain, { width: 300, height: 500 }).plan
  expect(narrow.height).toBeGreaterThan(narrow.width)
  const wide = fittingPlan(chain, { width: 1_000, height: 200 }).plan
  expect(wide.width).toBeGreaterThan(wide.height)
})

it('a line begins and ends where it should', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 10, y: 5 },
    { x: 20, y: 5 },
    { x: 30, y: 0 },
  ]
  expect(edgePath(points)).toMatch(/^M0,0.*30,0$/)
  expect(edgePath(points.slice(0, 2))).toBe('M0,0L10,5')
  expect(edgePath([])).toBe('')
})

it('arrow keys lead to the nearest place in their direction', () => {
  const places = new Map([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 100, y: 10 }],
    ['c', { x: 60, y: 90 }],
  ])
  expect(nearestPlace(places, 'a', 'ArrowRight')).toBe('b')
  expect(nearestPlace(places, 'a', 'ArrowDown')).toBe('c')
  expect(nearestPlace(places, 'a', 'ArrowLeft')).toBeUndefined()
  expect(nearestPlace(places, 'b', 'ArrowLeft')).toBe('a')
  expect(nearestPlace(places, 'gone', 'ArrowLeft')).toBe('a')
})

it('a phone has small places that can be read, and no figures between them', () => {
  const { scale, isNarrow, node } = fittingPlan(shape, { width: 360, height: 340 })
  expect(isNarrow).toBe(true)
  expect(scale * node.nodeHeight).toBeGreaterThan(34)
})

it('a call leaves its caller in the middle of the side that faces what it calls', () => {
  const { nodes, edges } = planGraph(shape, { ...options, direction: 'right' })
  for (const { id, from, to } of shape.edges) {
    const points = edges.get(id)?.points
    expect(points?.[0]).toEqual({ x: (nodes.get(from)?.x ?? 0) + 74, y: nodes.get(from)?.y })
    expect(points?.at(-1)).toEqual({ x: (nodes.get(to)?.x ?? 0) - 74, y: nodes.get(to)?.y })
  }
})
