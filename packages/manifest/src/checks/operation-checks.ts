import type { RouteModel, SystemModel } from '../model/system-model.js'
import { formatDuration } from '../units/duration.js'
import { formatPercentage } from '../units/percentage.js'
import type { Check } from './check.js'

export const operationChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-NO-PROBES',
    group: 'operations',
    severity: 'warning',
    title: 'a service without probes',
    *find(model) {
      for (const service of model.services.values()) {
        if (service.document.run === undefined) continue
        const missing = [service.live ? [] : ['live'], service.ready ? [] : ['ready']].flat()
        if (missing.length === 0) continue
        yield {
          path: service.document.health === undefined ? service.path : [...service.path, 'health'],
          message: `${service.name} has no ${missing.join(' and no ')} probe, so that nothing notices when it hangs or starts`,
          hint: 'write health: { live: /healthz, ready: /readyz }',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-LIVENESS-CHECKS-DEPENDENCY',
    group: 'operations',
    severity: 'error',
    title: 'a liveness probe depends on another service',
    *find(model) {
      for (const service of model.services.values()) {
        const others = (service.live?.checks ?? []).filter((name) => name !== service.name)
        if (others.length === 0) continue
        yield {
          path: [...service.path, 'health', 'live', 'checks'],
          message: `${service.name} is restarted when ${others.join(', ')} is down: a liveness probe may check the process alone`,
          hint: 'move these checks to ready',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-SAME-PROBE',
    group: 'operations',
    severity: 'note',
    title: 'liveness and readiness are one probe',
    *find(model) {
      for (const { live, ready, path, name } of model.services.values()) {
        if (live === undefined || live.path !== ready?.path) continue
        yield {
          path: [...path, 'health', 'ready'],
          message: `${name} asks ${live.path} for both probes, so that a service that is busy or draining is restarted`,
          hint: 'give readiness a path of its own, such as /readyz',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-DRAIN-TOO-SHORT',
    group: 'operations',
    severity: 'warning',
    title: 'the drain ends before the longest request',
    *find(model, graph) {
      for (const service of model.services.values()) {
        const longest = graph.busyMs(service.name)
        if (service.drainMs === undefined || !Number.isFinite(longest) || service.drainMs >= longest) continue
        yield {
          path: [...service.path, 'drain'],
          message: `${service.name} stops after ${formatDuration(service.drainMs)}, and a request may wait ${formatDuration(longest)} for a call: each deployment cuts some off`,
          hint: `write drain: ${formatDuration(Math.ceil(longest / 1_000 + 1) * 1_000)}`,
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-ALERT-NEVER-FIRES',
    group: 'operations',
    severity: 'error',
    title: 'a burn-rate alert that can never fire',
    *find(model) {
      for (const alert of model.alerts) {
        const reason = whyNeverFires(alert.service, alert.burnRate, alert.longMs, model)
        if (reason === undefined) continue
        yield {
          path: [...alert.path, 'burnRate'],
          message: `alert ${alert.name} can never fire: ${reason}`,
          hint: 'give the service an objective, and keep the burn rate below 1 / (1 - availability)',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-ALERT-WINDOWS',
    group: 'operations',
    severity: 'warning',
    title: 'the short window of an alert is not the shorter one',
    *find(model) {
      for (const alert of model.alerts) {
        if (alert.shortMs < alert.longMs) continue
        yield {
          path: alert.path,
          message: `alert ${alert.name}: short must be below long (${formatDuration(alert.longMs)}), got ${formatDuration(alert.shortMs)}`,
          hint: `write short: ${formatDuration(Math.max(1_000, Math.floor(alert.longMs / 12)))}`,
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-SCALE-INVERTED',
    group: 'operations',
    severity: 'error',
    title: 'the smallest scale is above the largest',
    *find(model) {
      for (const { path, name, document } of model.services.values()) {
        const { min = 1, max } = document.scale ?? {}
        if (max === undefined || min <= max) continue
        yield {
          path: [...path, 'scale', 'min'],
          message: `cannot scale ${name}: min must be at most max (${max}), got ${min}`,
          hint: 'exchange the two numbers',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-DISRUPTION-TAKES-ALL',
    group: 'operations',
    severity: 'warning',
    title: 'planned work may take every replica away',
    *find(model) {
      for (const { path, name, document, replicasMin } of model.services.values()) {
        const away = document.scale?.maxUnavailable
        if (away === undefined || replicasMin === undefined || away < replicasMin) continue
        yield {
          path: [...path, 'scale', 'maxUnavailable'],
          message: `planned work may take every replica of ${name}: maxUnavailable must be below min (${replicasMin}), got ${away}`,
          hint: 'write maxUnavailable: 1 with min: 2 or more',
        }
      }
    },
  },
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

function whyNeverFires(
  name: string,
  burnRate: number,
  longMs: number,
  model: SystemModel,
): string | undefined {
  const service = model.services.get(name)
  if (service === undefined) return undefined
  if (service.availability === undefined) return `${name} has no availability objective`
  if (service.availability === 1) return 'an objective of 100% has no error budget to burn'
  // With every request failing the budget burns 1 / (1 - objective) times too fast, and no faster.
  const most = Number((1 / (1 - service.availability)).toFixed(6))
  if (burnRate > most) {
    return `at ${formatPercentage(service.availability)} the budget burns ${most} times too fast at most, got ${burnRate}`
  }
  if (longMs > service.objectiveWindowMs) {
    return `its window of ${formatDuration(longMs)} is longer than that of the objective (${formatDuration(service.objectiveWindowMs)})`
  }
  return undefined
}

function covers(earlier: readonly string[], later: readonly string[]): boolean {
  return earlier.length === 0 || (later.length > 0 && later.every((method) => earlier.includes(method)))
}
