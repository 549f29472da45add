import { isLimitWritten } from '../checks/value-path.js'
import type { PolicyModel } from '../model/policy-model.js'
import type { SystemModel } from '../model/system-model.js'

export type PracticeState = 'met' | 'partly' | 'missing'

export interface Assessment {
  readonly state: PracticeState
  readonly evidence: string
}

export interface Practice {
  readonly name: string
  readonly assess: (model: SystemModel, findings: ReadonlyMap<string, number>) => Assessment
}

/** The practices in the order of the score card. Each reads the document and nothing else. */
export const practices: readonly Practice[] = [
  {
    name: 'design for failure',
    assess: ({ calls }) =>
      share(
        calls.length,
        calls.filter((call) => call.fallback !== undefined || call.policy.retry !== undefined).length,
        {
          of: 'calls say what happens when the callee fails',
          none: 'no service calls another',
        },
      ),
  },
  {
    name: 'bulkheads',
    assess: ({ calls }) =>
      share(calls.length, calls.filter(({ policy }) => isolates(policy)).length, {
        of: 'calls have a bulkhead or an adaptive limit',
        none: 'no service calls another',
      }),
  },
  { name: 'circuit breakers in client and mesh', assess: assessBreakers },
  {
    name: 'backoff with jitter',
    assess: ({ calls }) => {
      const retried = calls.filter((call) => (call.policy.retry?.attempts ?? 1) > 1)
      const jittered = retried.filter((call) => call.policy.retry?.backoff.jitter !== 'none').length
      return share(retried.length, jittered, {
        of: 'calls that retry wait with jitter',
        none: 'no call retries',
      })
    },
  },
  {
    name: 'timeouts on all calls',
    assess: ({ calls }) => {
      const limited = calls.filter(({ policy }) => isLimitWritten(policy))
      return share(calls.length, limited.length, {
        of: 'calls say how long they may take',
        none: 'no service calls another',
      })
    },
  },
  {
    name: 'stateless services',
    assess: ({ services }) => {
      const own = [...services.values()].filter(({ isOurs }) => isOurs)
      const stateless = own.filter(
        ({ document: { state } }) => state === 'none' || state === 'external',
      ).length
      return share(own.length, stateless, {
        of: 'services say that they keep no state',
        none: "every service is somebody else's",
      })
    },
  },
  {
    name: 'probes and disruption budgets',
    assess: ({ services }) => {
      const own = [...services.values()].filter(({ isOurs }) => isOurs)
      const probed = own.filter(({ live, ready, document: { scale } }) => {
        return live !== undefined && ready !== undefined && scale?.maxUnavailable !== undefined
      }).length
      return share(own.length, probed, {
        of: 'services have both probes and scale.maxUnavailable',
        none: "every service is somebody else's",
      })
    },
  },
  {
    name: 'service mesh',
    assess: ({ document: { mesh }, calls }) => {
      const outside = calls.filter((call) => call.enforce !== 'process').length
      if (mesh?.mutualTls === true)
        return { state: 'met', evidence: `mesh ${mesh.kind ?? ''} with mutual TLS`.replace('  ', ' ') }
      if (mesh !== undefined) return { state: 'partly', evidence: 'a mesh without mutualTls: true' }
      return {
        state: outside > 0 ? 'partly' : 'missing',
        evidence: `${outside} of ${calls.length} calls leave by a sidecar`,
      }
    },
  },
  {
    name: 'three pillars of observability',
    assess: ({ document: { platform } }) => {
      const named = Object.keys(platform?.telemetry ?? {})
      return share(3, named.length, {
        of: `of metrics, traces and logs have a place (platform.telemetry)`,
        none: '',
      })
    },
  },
  {
    name: 'chaos regularly',
    assess: ({ experiments, document: { drills } }) => {
      const scheduled = experiments.filter(({ every }) => every !== undefined).length
      const evidence = `${scheduled} of ${experiments.length} experiments have a schedule, ${Object.keys(drills ?? {}).length} drills`
      return { state: scheduled > 0 ? 'met' : experiments.length > 0 ? 'partly' : 'missing', evidence }
    },
  },
  { name: 'event-driven buffers', assess: assessEvents },
  {
    name: 'sagas',
    assess: ({ document: { sagas } }, findings) => {
      const count = Object.keys(sagas ?? {}).length
      const gaps = findings.get('WT-DATA-SAGA-NO-COMPENSATION') ?? 0
      const evidence = `${count} sagas, ${gaps} steps without compensation`
      return { state: count === 0 ? 'missing' : gaps > 0 ? 'partly' : 'met', evidence }
    },
  },
  {
    name: 'canary or blue-green',
    assess: ({ document: { platform }, services, routes }) => {
      const strategies = [
        platform?.release,
        ...[...services.values()].map(({ document }) => document.release),
      ]
      const careful = strategies.filter(
        (strategy) => strategy === 'canary' || strategy === 'blue-green',
      ).length
      const split = routes.filter((route) => route.split.size > 1).length
      const evidence = `${careful} release strategies, ${split} routes with a split`
      return { state: careful + split > 0 ? 'met' : 'missing', evidence }
    },
  },
  {
    name: 'infrastructure as versioned code',
    assess: ({ document: { platform } }) =>
      platform?.code === undefined
        ? { state: 'missing', evidence: 'platform.code names no place' }
        : { state: 'met', evidence: `platform.code: ${platform.code}` },
  },
  {
    name: 'thresholds reviewed',
    assess: ({ document: { reviewed } }) =>
      reviewed === undefined
        ? { state: 'missing', evidence: 'thresholds have no review date' }
        : { state: 'met', evidence: `reviewed: ${reviewed}` },
  },
]

function share(of: number, count: number, text: { readonly of: string; readonly none: string }): Assessment {
  // What there is none of needs no practice, but nothing shows it either: it is never met.
  if (of === 0) return { state: 'partly', evidence: text.none }
  const state = count === of ? 'met' : count > 0 ? 'partly' : 'missing'
  return { state, evidence: `${count} of ${of} ${text.of}` }
}

function assessBreakers({ calls }: SystemModel): Assessment {
  const client = calls.filter((call) => call.enforce !== 'mesh')
  const broken = client.filter((call) => call.policy.breaker !== undefined).length
  const ejecting = calls.filter((call) => call.policy.ejection !== undefined).length
  const { state } = share(calls.length * 2, broken + (calls.length - client.length) + ejecting, {
    of: '',
    none: '',
  })
  return {
    state,
    evidence: `${broken} of ${client.length} calls have a breaker, ${ejecting} of ${calls.length} eject endpoints`,
  }
}

function assessEvents({ services }: SystemModel): Assessment {
  const publishers = [...services.values()].filter((service) => service.publishes.length > 0)
  const buffered = publishers.filter(({ document }) => document.outbox !== undefined).length
  const queues = [...services.values()]
    .flatMap((service) => service.calls)
    .filter((call) => call.fallback?.queue).length
  const evidence = `${publishers.length} services publish events, ${buffered} through an outbox, ${queues} calls queue as fallback`
  if (publishers.length === 0) return { state: queues > 0 ? 'partly' : 'missing', evidence }
  return { state: buffered === publishers.length ? 'met' : 'partly', evidence }
}

/** Whether a slow callee cannot take up all of its caller. */
function isolates({ bulkhead, adaptiveLimit }: PolicyModel): boolean {
  return bulkhead !== undefined || adaptiveLimit !== undefined
}
