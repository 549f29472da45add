import { isHard } from '../call-graph/availability-bounds.js'
import type { CallGraph } from '../call-graph/call-graph.js'
import type { CallModel, ServiceModel } from '../model/system-model.js'
import { formatDuration } from '../units/duration.js'
import { formatPercentage } from '../units/percentage.js'
import type { Check } from './check.js'

export const availabilityChecks: readonly Check[] = [
  {
    code: 'WT-AVAILABILITY-IMPOSSIBLE',
    group: 'availability',
    severity: 'warning',
    title: 'the dependencies make the objective impossible',
    *find(model, graph) {
      for (const service of model.services.values()) {
        if (service.availability === undefined) continue
        const bound = graph.availability.of(service.name)
        if (service.availability <= bound) continue
        const named = graph.availability.counted(service.name)
        const more = named.length > 5 ? ` and ${named.length - 5} more` : ''
        yield {
          path: [...service.path, 'objective', 'availability'],
          message: `${service.name} promises ${formatPercentage(service.availability)}, and what it cannot do without (${named.slice(0, 5).join(', ')}${more}) allows ${formatPercentage(bound)} at most`,
          hint: 'give a dependency a fallback, raise its objective, or promise less',
        }
      }
    },
  },
  {
    code: 'WT-AVAILABILITY-LATENCY-IMPOSSIBLE',
    group: 'availability',
    severity: 'warning',
    title: 'a dependency is slower than the service promises to be',
    *find(model) {
      for (const service of model.services.values()) {
        if (service.p99Ms === undefined) continue
        for (const call of hardCalls(service)) {
          const callee = model.services.get(call.to)?.p99Ms
          if (callee === undefined || callee < service.p99Ms) continue
          yield {
            path: [...service.path, 'objective', 'latency', 'p99'],
            message: `${service.name} promises a p99 of ${formatDuration(service.p99Ms)}, and ${call.to}, which it waits for, promises ${formatDuration(callee)}`,
            hint: `promise more than ${formatDuration(callee)}, or do not wait for ${call.to}`,
          }
        }
      }
    },
  },
  {
    code: 'WT-AVAILABILITY-CYCLE',
    group: 'availability',
    severity: 'warning',
    title: 'services call each other in a circle',
    *find(_model, graph) {
      for (const members of graph.cycles) {
        const circle = shortestCircle(members, graph)
        const [first, second] = [circle[0] ?? '', circle[1] ?? circle[0] ?? '']
        const shown = circle.length > 8 ? [...circle.slice(0, 7), '...'] : circle
        yield {
          path: ['services', first, 'calls', second],
          message: `services call each other in a circle: ${[...shown, first].join(' > ')}; if one request takes that way, one slow member stops all`,
          hint: 'turn one of these calls into an event',
        }
      }
    },
  },
  {
    code: 'WT-AVAILABILITY-ONE-REPLICA',
    group: 'availability',
    severity: 'warning',
    title: 'one replica has to meet an objective',
    *find(model) {
      for (const service of model.services.values()) {
        const { run, scale } = service.document
        if (service.availability === undefined || !service.isOurs) continue
        // How many replicas there are is known of a process that is started here, and where the document says it.
        if ((run === undefined && scale === undefined) || (service.replicasMin ?? 1) > 1) continue
        yield {
          path: [
            ...service.path,
            ...(service.document.scale === undefined ? ['objective', 'availability'] : ['scale', 'min']),
          ],
          message: `${service.name} promises ${formatPercentage(service.availability)} with one replica, so that each restart is an outage; at least 2 are needed`,
          hint: 'write scale: { min: 2 }',
        }
      }
    },
  },
  {
    code: 'WT-AVAILABILITY-NO-FALLBACK',
    group: 'availability',
    severity: 'warning',
    title: 'an optional dependency without a fallback',
    *find(model) {
      for (const call of model.calls) {
        if (!call.optional || call.fallback !== undefined) continue
        yield {
          path: [...call.path, 'optional'],
          message: `${call.from} can do without ${call.to}, and nothing says what it answers then`,
          hint: 'write fallback: { status: 200, body: ... }, or fallback: { queue: ... }',
        }
      }
    },
  },
  {
    code: 'WT-AVAILABILITY-FALLBACK-HIDES-FAILURE',
    group: 'availability',
    severity: 'note',
    title: 'a fallback answers as a failure',
    *find(model) {
      for (const call of model.calls) {
        const status = call.fallback?.status
        if (status === undefined || status < 500) continue
        yield {
          path: [...call.path, 'fallback', 'status'],
          message: `the fallback of ${call.from} > ${call.to} is itself a failure: status must be below 500, got ${status}`,
          hint: 'answer with what the caller can use, or remove the fallback',
        }
      }
    },
  },
]

/** The calls that a service cannot answer without. */
function hardCalls(service: ServiceModel): CallModel[] {
  return service.calls.filter(isHard)
}

// Breadth first from one member, so that the circle shown is one that a person can follow.
function shortestCircle(members: readonly string[], graph: CallGraph): string[] {
  const inside = new Set(members)
  const start = [...members].sort()[0] ?? ''
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const at of queue) {
    for (const { to } of graph.callsOf(at)) {
      if (to === start) {
        const circle = [at]
        for (let step = at; step !== start;) {
          step = cameFrom.get(step) ?? start
          circle.unshift(step)
        }
        return circle
      }
      if (!inside.has(to) || cameFrom.has(to)) continue
      cameFrom.set(to, at)
      queue.push(to)
    }
  }
  return [start]
}
