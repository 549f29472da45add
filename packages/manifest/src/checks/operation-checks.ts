import { patienceMs } from '../call-graph/attempts.js'
import type { CallGraph } from '../call-graph/call-graph.js'
import type { ServiceModel } from '../model/system-model.js'
import { formatDuration } from '../units/duration.js'
import type { Check } from './check.js'

/** Whether the document says how the service is run, and not only whom it calls. */
function runsHere({ document: { run, scale, health, drain, release, state } }: ServiceModel): boolean {
  return [run, scale, health, drain, release, state].some((value) => value !== undefined)
}

export const operationChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-NO-PROBES',
    group: 'operations',
    severity: 'warning',
    title: 'a service without probes',
    *find(model) {
      for (const service of model.services.values()) {
        if (!service.isOurs) continue
        const missing = [service.live ? [] : ['live'], service.ready ? [] : ['ready']].flat()
        if (missing.length === 0) continue
        yield {
          path: service.document.health === undefined ? service.path : [...service.path, 'health'],
          cause: missing.join(),
          ...(runsHere(service) ? {} : { severity: 'note' }),
          subject: service.name,
          message: `${service.name} has no ${missing.join(' and no ')} probe, so nothing notices when it hangs or is still starting`,
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
        const { longest, reason } = longestRequest(service, graph)
        if (service.drainMs === undefined || !Number.isFinite(longest) || service.drainMs >= longest) continue
        yield {
          path: [...service.path, 'drain'],
          message: `${service.name} stops after ${formatDuration(service.drainMs)}, and ${reason}: each deployment cuts some off`,
          hint: `write drain: ${formatDuration(Math.ceil(longest / 1_000 + 1) * 1_000)}`,
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
]

// Of a service that calls nobody, what its callers wait is all that the document tells.
function longestRequest(service: ServiceModel, graph: CallGraph): { longest: number; reason: string } {
  const busy = graph.busyMs(service.name)
  if (busy > 0) return { longest: busy, reason: `a request may wait ${formatDuration(busy)} for a call` }
  const callers = [
    ...graph.callersOf(service.name).map(({ from, policy }) => ({ from, ms: patienceMs(policy) })),
    ...(graph.routesTo.get(service.name) ?? []).map(({ policy }) => ({
      from: 'the gateway',
      ms: patienceMs(policy),
    })),
  ].filter(({ ms }) => Number.isFinite(ms))
  const [patient] = callers.sort((a, b) => b.ms - a.ms)
  if (patient === undefined) return { longest: 0, reason: '' }
  return {
    longest: patient.ms,
    reason: `${patient.from} waits ${formatDuration(patient.ms)} for an answer`,
  }
}
