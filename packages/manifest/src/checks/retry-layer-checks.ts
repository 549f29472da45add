import { routeAttempts, worstCaseAttempts } from '../call-graph/attempts.js'
import type { CallGraph } from '../call-graph/call-graph.js'
import type { Requests } from '../call-graph/requests.js'
import { isIdempotent } from '../model/is-idempotent.js'
import type { RouteModel } from '../model/route-model.js'
import type { CallModel, SystemModel } from '../model/system-model.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { RetryCondition } from '../words/failure-words.js'
import type { Check } from './check.js'
import { causeOf } from './value-path.js'

/** More requests than this at one service, for one from outside and with retries among the reasons, are reported. */
export const AMPLIFICATION_MAX = 10
/** From here on, retries at several levels are worth a word. */
const NESTED_MIN = 6

/** What retries do to the calls of a system, whichever layers make them. */
export const retryLayerChecks: readonly Check[] = [
  {
    code: 'WT-RETRY-AMPLIFICATION',
    group: 'retries',
    severity: 'warning',
    title: 'attempts multiply along a path of calls',
    *find(model, graph) {
      for (const { from, path, at, count, ways, shown } of storms(model, graph)) {
        if (count <= AMPLIFICATION_MAX) continue
        yield {
          path,
          cause: at,
          subject: from,
          message: `one request to ${from} can become ${count} at ${at}: ${ways === 1 ? '' : `${ways} ways, the worst `}${shown}`,
          hint: `retry in one place of the way, at most ${AMPLIFICATION_MAX} requests in all; set attempts: 1 elsewhere`,
        }
      }
    },
  },
  {
    code: 'WT-RETRY-NESTED',
    group: 'retries',
    severity: 'note',
    title: 'retries at two levels of a way',
    *find(model, graph) {
      for (const { from, path, at, count, shown, levels } of storms(model, graph)) {
        if (count > AMPLIFICATION_MAX || count < NESTED_MIN || levels < 2) continue
        yield {
          path,
          cause: at,
          subject: from,
          message: `one request to ${from} can become ${count} at ${at}, for ${levels} levels retry: ${shown}`,
          hint: 'retry at one level: the one nearest to the failure, or the one that knows whether it matters',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-TWO-LAYERS',
    group: 'retries',
    severity: 'error',
    title: 'two layers retry the same call',
    *find(model) {
      for (const call of model.calls) {
        const policy = call.policy.retry?.attempts ?? 1
        const mesh = call.enforce === 'mesh' && call.policy.retry !== undefined ? 1 : model.meshAttempts
        const layers = [
          { name: call.enforce, attempts: policy },
          { name: "the caller's own client", attempts: call.clientAttempts },
          { name: 'the mesh by default', attempts: mesh },
        ].filter(({ attempts }) => attempts > 1)
        if (layers.length < 2) continue
        const named = layers.map(({ name, attempts }) => `${name} (${attempts})`).join(' and ')
        yield {
          path: call.path,
          message: `${call.from} > ${call.to} is retried by ${named}; one layer may retry a call`,
          hint: 'keep the retries of the layer in enforce, and set mesh.attempts or clientAttempts to 1',
        }
      }
      for (const route of model.forwardingRoutes) {
        const gateway = route.policy.retry?.attempts ?? 1
        if (gateway < 2 || model.meshAttempts < 2) continue
        yield {
          path: route.path,
          message: `the route ${route.match.path} to ${route.to} is retried by the gateway (${gateway}) and the mesh by default (${model.meshAttempts}); one layer may retry a call`,
          hint: 'set mesh.attempts to 1, or attempts of the route',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-UNSAFE',
    group: 'retries',
    severity: 'error',
    title: 'an operation that is not idempotent is retried',
    *find(model) {
      for (const call of model.calls) {
        const times = unsafeTimes(call, model.meshAttempts)
        if (times < 2) continue
        for (const [operation, idempotent] of call.operations) {
          if (idempotent !== false) continue
          yield {
            path: [...call.path, 'operations', operation],
            message: `${operation} of ${call.to} is not idempotent, and one call of ${call.from} may send it ${times} times`,
            hint: 'give it an idempotency key (idempotent: by-key), or let nothing retry it: retry: off, clientAttempts: 1, mesh.attempts: 1',
          }
        }
      }
      for (const route of model.forwardingRoutes) {
        const times = unsafeTimes({ ...route, enforce: 'mesh', clientAttempts: 1 }, model.meshAttempts)
        const methods = route.match.methods.filter(
          (method) => !isIdempotent(method) && !isDeclared(route, method),
        )
        if (times < 2 || methods.length === 0) continue
        yield {
          path: [...route.path, 'match'],
          message: `${methods.join(' and ')} is not idempotent, and the gateway may send ${route.match.path} to ${route.to} ${times} times`,
          hint: 'give these methods a route of their own with retry: { attempts: 1 }, or on: [connect-failure, refused-stream], which never left; or declare the operations: { "POST /charges": { idempotent: by-key } }',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-UNDECLARED',
    group: 'retries',
    severity: 'warning',
    title: 'retries of operations that nobody declared',
    *find(model) {
      for (const call of model.calls) {
        if (call.operations.size > 0 || unsafeTimes(call, model.meshAttempts) < 2) continue
        yield {
          path: call.path,
          cause: causeOf(call.policy, call.policy.retry),
          subject: `${call.from} > ${call.to}`,
          message: `what ${call.from} sends to ${call.to} may be sent again, and nothing says what of it is idempotent`,
          hint: 'declare the operations: { "POST /charges": { idempotent: by-key } }',
        }
      }
      for (const route of model.forwardingRoutes) {
        const times = unsafeTimes({ ...route, enforce: 'mesh', clientAttempts: 1 }, model.meshAttempts)
        if (times < 2 || route.match.methods.length > 0 || route.operations.size > 0) continue
        yield {
          path: [...route.path, 'match'],
          cause: 'gateway',
          subject: route.match.path,
          message: `the route ${route.match.path} takes every method, and the gateway may send a request ${times} times`,
          hint: 'name the methods, and retry those that are idempotent',
        }
      }
    },
  },
]

/** Whether the route says of this method that what it sends may be repeated, or carries a key. */
function isDeclared({ operations }: RouteModel, method: string): boolean {
  const own = [...operations].filter(([operation]) => operation.startsWith(`${method} `))
  return own.length > 0 && own.every(([, idempotent]) => idempotent !== false)
}

interface Storm extends Requests {
  readonly from: string
  readonly path: DocumentPath
  /** The worst way with its factors. */
  readonly shown: string
  /** How many calls on it are retried. */
  readonly levels: number
}

/**
 * Where retries turn a request from outside into the most; from the gateway on, where a route is retried. Services that
 * many ways lead to, none of them retried, are no storm: there is no retry to take away.
 */
function* storms(model: SystemModel, graph: CallGraph): Iterable<Storm> {
  for (const entry of graph.entries) {
    const routed = (graph.routesTo.get(entry) ?? []).map((route) => routeAttempts(route, model.meshAttempts))
    const factor = Math.max(1, ...routed)
    // No single service can get more than all of them together.
    if (graph.requestsInAll(entry) * factor < NESTED_MIN) continue
    const busiest = factor > 1 ? graph.busiest(entry) : graph.mostRetried(entry)
    const [route] = graph.routesTo.get(entry) ?? []
    const factors = busiest.worst.map((call) => worstCaseAttempts(call, model.meshAttempts))
    const names = [entry, ...busiest.worst.map((call) => call.to)]
    const all = factor > 1 ? [factor, ...factors] : factors
    yield {
      ...busiest,
      from: factor > 1 ? 'the gateway' : entry,
      path: busiest.worst.at(-1)?.path ?? route?.path ?? ['services', entry],
      count: busiest.count * factor,
      shown: `${(factor > 1 ? ['gateway', ...names] : names).join(' > ')} (${all.join(' x ')}${busiest.ways > 1 ? ` = ${all.reduce((product, one) => product * one, 1)}` : ''})`,
      levels: all.filter((one) => one > 1).length,
    }
  }
}

type Retried = Pick<CallModel, 'policy' | 'enforce' | 'clientAttempts'>

/**
 * How many times a request may be sent that may not be sent twice. Process and sidecar never repeat one that has left;
 * a mesh, a gateway and a vendor's library do not know.
 */
function unsafeTimes({ policy, enforce, clientAttempts }: Retried, meshAttempts: number): number {
  const { retry } = policy
  const isOwn = enforce === 'mesh' && retry !== undefined
  const repeats = retry?.on.some((condition) => !NEVER_LEFT.has(condition)) === true
  const mesh = isOwn ? (repeats ? retry.attempts : 1) : meshAttempts
  return mesh * clientAttempts
}

/** Of these, nothing was sent: whatever the operation, it can be tried again. */
const NEVER_LEFT: ReadonlySet<RetryCondition> = new Set<RetryCondition>([
  'connect-failure',
  'refused-stream',
  'reset-before-request',
])
