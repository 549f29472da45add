import type { Point } from './graph-plan.js'

export type ArrowKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'

/**
 * The place that an arrow key leads to from another one: of those that lie in its direction, the nearest, where a step
 * aside counts double, and counts heavily where it is most of the way. Undefined at the edge of the graph.
 */
export function nearestPlace(
  places: ReadonlyMap<string, Point>,
  from: string,
  key: ArrowKey,
): string | undefined {
  const start = places.get(from)
  if (start === undefined) return places.keys().next().value
  const isAcross = key === 'ArrowLeft' || key === 'ArrowRight'
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1
  let best: { name: string; distance: number } | undefined
  for (const [name, { x, y }] of places) {
    const along = sign * (isAcross ? x - start.x : y - start.y)
    const aside = Math.abs(isAcross ? y - start.y : x - start.x)
    if (name === from || along <= 0.5) continue
    const distance = along + (aside > 2 * along ? 10 : 2) * aside
    if (best === undefined || distance < best.distance) best = { name, distance }
  }
  return best?.name
}
