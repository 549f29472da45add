import type { Point } from './graph-plan.js'

/** The `d` of an SVG path: straight ends, and a soft curve through the points between them. */
export function edgePath(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return ''
  const parts = [`M${round(first.x)},${round(first.y)}`]
  for (const [index, point] of rest.slice(0, -1).entries()) {
    const next = rest[index + 1] ?? last
    const isEnd = index === rest.length - 2
    const end = isEnd ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
    parts.push(`Q${round(point.x)},${round(point.y)} ${round(end.x)},${round(end.y)}`)
  }
  if (rest.length === 1) parts.push(`L${round(last.x)},${round(last.y)}`)
  return parts.join('')
}

const round = (value: number): number => Math.round(value * 10) / 10
