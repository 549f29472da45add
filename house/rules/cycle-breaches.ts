import type { SourceModule } from '../source-module.js'

/** The one circle that is meant: a step is handed the frame that walks it, and a frame holds its steps. */
const meantCircle = /^packages\/policy\/src\/(pipeline|engine|promise)\/(step|frame|call)\.ts$/

/** No circles of imports, not of types either: what can be read alone can be understood, moved and tested alone. */
export function cycleBreaches(modules: readonly SourceModule[]): string[] {
  const graph = new Map(modules.map((module) => [module.path, module.local]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      const circle = trail.slice(trail.indexOf(path))
      if (!circle.every((one) => meantCircle.test(one)))
        found.push(`import cycle: ${[...circle, path].join(' > ')}`)
    }
    if (done.has(path)) return
    done.add(path)
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}
