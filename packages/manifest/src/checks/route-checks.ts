import type { RouteModel } from '../model/system-model.js'
import type { Check } from './check.js'

export const routeChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-ROUTE-SHADOWED',
    group: 'operations',
    severity: 'warning',
    title: 'a route that no request reaches',
    *find(model) {
      const earlier = new Map<string, RouteModel[]>()
      for (const route of model.routes) {
        const before = earlier.get(route.match.path) ?? []
        const shadow = before.find(({ match }) => covers(match.methods, route.match.methods))
        earlier.set(route.match.path, [...before.slice(0, 50), route])
        if (shadow === undefined) continue
        yield {
          path: [...route.path, 'match'],
          message: `no request reaches this route: an earlier one sends ${route.match.path} to ${shadow.to}`,
          hint: 'remove it, or give it other methods or another path',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-SPLIT-EMPTY',
    group: 'operations',
    severity: 'error',
    title: 'the weights of a split add up to nothing',
    *find(model) {
      for (const route of model.routes) {
        if (route.split.size === 0 || [...route.split.values()].some((weight) => weight > 0)) continue
        yield {
          path: [...route.path, 'split'],
          message: `cannot split ${route.match.path}: at least one weight above 0 is needed, got 0 in all`,
          hint: 'write split: { stable: 95, canary: 5 }',
        }
      }
    },
  },
]

function covers(earlier: readonly string[], later: readonly string[]): boolean {
  return earlier.length === 0 || (later.length > 0 && later.every((method) => earlier.includes(method)))
}
