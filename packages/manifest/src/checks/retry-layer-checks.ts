import { routeAttempts, worstCaseAttempts } from '../call-graph/attempts.js'
import type { CallGraph } from '../call-graph/call-graph.js'
import type { SystemModel } from '../model/system-model.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Check } from './check.js'

const AMPLIFICATION_MAX = 10

/** What retries do to the calls of a system, whichever layers make them. */
export const retryLayerChecks: readonly Check[] = [
  {
    code: 'WT-RETRY-AMPLIFICATION',
    group: 'retries',
    severity: 'warning',
    title: 'attempts multiply along a path of calls',
    *find(model, graph) {
      for (const entry of graph.entries) {
        const { path, names, factors } = pathFromOutside(entry, model, graph)
        const attempts = factors.reduce((product, factor) => product * factor, 1)
        if (attempts <= AMPLIFICATION_MAX) continue
        yield {
          path,
          message: `${names.join(' > ')}: ${factors.join(' x ')} = ${attempts} attempts for one request to ${names[0]}`,
          hint: `retry in one place of the path, at most ${AMPLIFICATION_MAX} attempts in all; set attempts: 1 elsewhere`,
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
      for (const route of model.routes) {
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
        const attempts = worstCaseAttempts(call, model.meshAttempts)
        if (attempts < 2) continue
        for (const [operation, idempotent] of call.operations) {
          if (idempotent !== false) continue
          yield {
            path: [...call.path, 'operations', operation],
            message: `${operation} of ${call.to} is not idempotent, and one call of ${call.from} may send it ${attempts} times`,
            hint: 'give it an idempotency key (idempotent: by-key), or retry: off for this call and no retries of the mesh',
          }
        }
      }
    },
  },
]

interface OutsidePath {
  readonly path: DocumentPath
  readonly names: readonly string[]
  readonly factors: readonly number[]
}

/** The worst path from an entry on; from the gateway on, where a route to the entry is retried. */
function pathFromOutside(entry: string, model: SystemModel, graph: CallGraph): OutsidePath {
  const { calls, factors } = graph.worstPath(entry)
  const names = [entry, ...calls.map((call) => call.to)]
  const path = calls.at(-1)?.path
  const attemptsOf = (route: (typeof model.routes)[number]): number =>
    routeAttempts(route, model.meshAttempts)
  const [route] = [...(graph.routesTo.get(entry) ?? [])].sort((a, b) => attemptsOf(b) - attemptsOf(a))
  if (route === undefined || attemptsOf(route) === 1) return { path: path ?? [], names, factors }
  return {
    path: path ?? route.path,
    names: ['gateway', ...names],
    factors: [attemptsOf(route), ...factors],
  }
}
