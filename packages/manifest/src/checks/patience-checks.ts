import { callMs, patienceMs } from '../call-graph/attempts.js'
import type { CallGraph } from '../call-graph/call-graph.js'
import type { PolicyModel } from '../model/policy-model.js'
import type { ServiceModel, SystemModel } from '../model/system-model.js'
import type { DocumentPath } from '../source/manifest-source.js'
import { formatDuration } from '../units/duration.js'
import type { Check } from './check.js'
import { causeOf, isLimitWritten } from './value-path.js'

/** What a caller waits, beside what its callee needs. */
export const patienceChecks: readonly Check[] = [
  {
    code: 'WT-TIMEOUT-ABANDONED-WORK',
    group: 'timeouts',
    severity: 'warning',
    title: 'the callee works on after its caller has given up',
    *find(model, graph) {
      const busyOf = busyTimes(model, graph)
      for (const { callee, patience, policy, from, path } of waits(model)) {
        const busy = busyOf.get(callee.name) ?? 0
        if (from === 'the gateway' || busy <= patience) continue
        yield {
          path,
          cause: causeOf(policy, policy.timeout),
          subject: `${from} > ${callee.name}`,
          message: `${from} waits ${formatDuration(patience)} for an attempt at ${callee.name}, which may itself wait ${formatDuration(busy)} for ${waitedFor(callee)}: work that nobody waits for`,
          hint: `allow an attempt of more than ${formatDuration(busy)}, or shorten the calls of ${callee.name}`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-GATEWAY-BELOW-SERVICE',
    group: 'timeouts',
    severity: 'warning',
    title: 'the gateway gives up before its service',
    *find(model, graph) {
      const busyOf = busyTimes(model, graph)
      for (const { callee, patience, policy, from, path, route } of waits(model)) {
        const busy = busyOf.get(callee.name) ?? 0
        if (from !== 'the gateway' || busy <= patience) continue
        yield {
          path: [...path, 'to'],
          cause: causeOf(policy, callee.name, policy.timeout),
          subject: route,
          message: `the gateway waits ${formatDuration(patience)} for ${callee.name}, which may itself wait ${formatDuration(busy)} for ${waitedFor(callee)}`,
          hint: `give the route a timeout above ${formatDuration(busy)}, or shorten the calls of ${callee.name}`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-CALL-ORDER',
    group: 'timeouts',
    severity: 'note',
    title: 'calls that would be too long one after the other',
    *find(model, graph) {
      const busyOf = busyTimes(model, graph)
      const told = new Set<string>()
      for (const { callee, patience, from, path } of waits(model)) {
        if (callee.calls.length < 2 || callee.document.callOrder !== undefined || told.has(callee.name))
          continue
        const sum = writtenCalls(callee).reduce((total, call) => total + callMs(call), 0)
        if (sum <= patience || (busyOf.get(callee.name) ?? 0) > patience) continue
        told.add(callee.name)
        yield {
          path,
          cause: 'the document does not say it',
          subject: callee.name,
          message: `${from} waits ${formatDuration(patience)} for ${callee.name}, whose calls may take ${formatDuration(sum)} one after the other`,
          hint: `write callOrder: sequential for ${callee.name} if they follow each other, or parallel, which is the default`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-BELOW-LATENCY',
    group: 'timeouts',
    severity: 'warning',
    title: 'a time limit below what the callee promises',
    *find(model) {
      for (const { callee, patience, policy, from, path } of waits(model)) {
        if (callee.document.objective?.latency === undefined) continue
        const broken = promises(callee).filter(([, ms]) => ms > patience)
        const [first] = broken
        if (first === undefined) continue
        const named = broken.map(([name, ms]) => `${name} ${formatDuration(ms)}`).join(', ')
        const again = (policy.retry?.attempts ?? 1) > 1 ? ' and asked again' : ''
        yield {
          path,
          cause: causeOf(policy, callee.name, policy.timeout),
          subject: `${from} > ${callee.name}`,
          message: `${from} waits ${formatDuration(patience)} for an attempt at ${callee.name}, which promises ${named}: a healthy ${callee.name} is given up on${again}`,
          hint: `allow an attempt of more than ${formatDuration(first[1])}, or let ${callee.name} promise less`,
        }
      }
    },
  },
]

interface Wait {
  readonly callee: ServiceModel
  readonly from: string
  readonly patience: number
  readonly policy: PolicyModel
  readonly path: DocumentPath
  readonly route: string
}

/** Everybody who waits for a service with a limit that the document sets. */
function* waits(model: SystemModel): Iterable<Wait> {
  const wait = (
    to: string,
    policy: PolicyModel,
  ): Pick<Wait, 'callee' | 'policy' | 'patience'> | undefined => {
    const callee = model.services.get(to)
    return callee === undefined ? undefined : { callee, policy, patience: patienceMs(policy) }
  }
  for (const { from, to, policy, path } of model.calls) {
    const found = wait(to, policy)
    if (found !== undefined) yield { ...found, from, path, route: '' }
  }
  for (const { to, policy, path, match } of model.forwardingRoutes) {
    const found = wait(to, policy)
    if (found !== undefined) yield { ...found, from: 'the gateway', path, route: match.path }
  }
}

// A call that leaves its limit to the default has a finding of its own, and so does one that has none.
function writtenCalls(service: ServiceModel): ServiceModel['calls'] {
  return service.calls.filter(({ policy }) => policy.timeout !== undefined && isLimitWritten(policy))
}

function busyTimes(model: SystemModel, graph: CallGraph): ReadonlyMap<string, number> {
  return new Map(
    [...model.services.values()].map((service) => [
      service.name,
      service.calls.length === 0 ? 0 : graph.busyMs(service.name, writtenCalls(service)),
    ]),
  )
}

function waitedFor({ calls, callOrder }: ServiceModel): string {
  return callOrder === 'sequential' && calls.length > 1
    ? `its ${calls.length} calls, one after the other`
    : 'a call'
}

/** The latencies that a service promises, the strictest first. */
function promises({ p50Ms, p95Ms, p99Ms }: ServiceModel): [string, number][] {
  const named: [string, number | undefined][] = [
    ['p99', p99Ms],
    ['p95', p95Ms],
    ['p50', p50Ms],
  ]
  return named.filter((one): one is [string, number] => one[1] !== undefined)
}
