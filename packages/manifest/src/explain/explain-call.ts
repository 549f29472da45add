import { callMs, policyAttempts, worstCaseAttempts } from '../call-graph/attempts.js'
import type { CallGraph } from '../call-graph/call-graph.js'
import { formatEndpoint } from '../document/read-endpoint.js'
import { formatOrigin } from '../model/origin.js'
import type { CallModel, ServiceModel, SystemModel } from '../model/system-model.js'
import { suggest } from '../reading/suggest.js'
import { formatDuration } from '../units/duration.js'
import type { ManifestSource } from '../source/manifest-source.js'
import type { Mode } from '../words/mode-names.js'
import { reachWords } from '../words/reach-words.js'
import type { Enforcement } from '../words/service-words.js'
import { type EnforcementLimit, inexpressible } from './enforcement-limits.js'
import { policyValues } from './policy-values.js'
import { type ExplainedValue, explainWords, originOf } from './word-value.js'

/** Everything in force for one call, and why. */
export interface CallExplanation {
  /** The document's name, which the origins of values start with. */
  readonly file: string
  readonly from: string
  readonly to: string
  readonly policy: string
  readonly enforce: { readonly point: Enforcement; readonly origin: string }
  readonly mode: Mode
  readonly values: readonly ExplainedValue[]
  /** How the callee is reached, and by whom. */
  readonly reach: readonly ExplainedValue[]
  /** The most requests that one call becomes, and those that it causes at the busiest service behind the callee. */
  readonly attempts: {
    readonly policy: number
    readonly wire: number
    readonly downstream: number
    /** Where `downstream` arrive, over so many ways. */
    readonly busiest: string
    readonly ways: number
  }
  /** The longest that the caller waits, in milliseconds; Infinity when nothing limits it. */
  readonly longestMs: number
  readonly fallback: string
  /** What each enforcement point could not express if it enforced this call. */
  readonly limits: Readonly<Record<Enforcement, readonly EnforcementLimit[]>>
}

/** There is no such call; the message offers the nearest name. */
export class UnknownCallError extends Error {
  readonly code = 'WT_UNKNOWN_CALL'

  constructor(message: string) {
    super(message)
    this.name = 'UnknownCallError'
  }
}

/**
 * Explains the call from one service to another.
 *
 * @throws UnknownCallError when a service or the call does not exist.
 * @example
 * const text = 'watertight: v1\nsystem: shop\nservices: { order: { calls: { payment: {} } }, payment: {} }'
 * const { system, source } = readManifest(text, 'watertight.yaml')
 * if (system === undefined) throw new Error('unreadable')
 * const { attempts } = explainCall({ ...system, source }, { from: 'order', to: 'payment' })
 * console.log(attempts.wire) // 1
 */
export function explainCall(
  system: { readonly model: SystemModel; readonly graph: CallGraph; readonly source: ManifestSource },
  { from, to }: { readonly from: string; readonly to: string },
): CallExplanation {
  const { model, graph, source } = system
  const call = findCall(model, from, to)
  const { policy } = call
  const wire = worstCaseAttempts(call, model.meshAttempts)
  const busiest = graph.busiest(to)
  return {
    file: source.document.file,
    from,
    to,
    policy: policy.name,
    enforce: { point: call.enforce, origin: formatOrigin(call.enforceOrigin, source) },
    mode: call.mode,
    values: policyValues(policy).map((value) => ({
      ...value,
      origin: originOf(value.name, policy.origins, source),
    })),
    reach: reachOf(model, to, source),
    attempts: {
      policy: policyAttempts(policy),
      wire,
      downstream: wire * busiest.count,
      busiest: busiest.at,
      ways: busiest.ways,
    },
    longestMs: callMs(call),
    fallback: describeFallback(call),
    limits: {
      process: inexpressible(call, 'process'),
      sidecar: inexpressible(call, 'sidecar'),
      mesh: inexpressible(call, 'mesh'),
    },
  }
}

/** Where a service is, what it speaks, what a caller opens to it, and who may call it. */
export function reachOf({ services }: SystemModel, name: string, source: ManifestSource): ExplainedValue[] {
  const service = services.get(name)
  if (service === undefined) return []
  const { endpoints, protocol, connections, probing, shedding, callers, origins, path, document } = service
  const place = (['endpoints', 'port', 'versions'] as const).find((key) => document[key] !== undefined)
  const written =
    place === undefined ? undefined : formatOrigin({ kind: 'document', path: [...path, place] }, source)
  return [
    {
      name: 'endpoints',
      value: endpoints.map(formatEndpoint).join(', ') || 'none',
      origin: written ?? 'not set',
    },
    ...explainWords(
      reachWords,
      { protocol, connections, health: probing, shedding: shedding || undefined },
      origins,
      source,
    ),
    {
      name: 'callers',
      value: callers === 'any' ? callers : callers.join(', ') || 'none',
      origin: originOf('callers', origins, source),
    },
    ...keysOf(service, source),
  ]
}

/** Where it keeps the keys of requests that may come twice, and copies of their answers. */
function keysOf({ path, document }: ServiceModel, source: ManifestSource): ExplainedValue[] {
  const { idempotency, store } = document
  if (idempotency === undefined) return []
  const at = (...steps: string[]) => formatOrigin({ kind: 'document', path: [...path, ...steps] }, source)
  const own = ['idempotency', 'store']
  const keys = {
    value: idempotency.store ?? store ?? 'none',
    steps: idempotency.store === undefined ? ['store'] : own,
  }
  const { cache } = idempotency
  return [
    { name: 'idempotency.store', value: keys.value, origin: at(...keys.steps) },
    ...(cache === undefined
      ? []
      : [{ name: 'idempotency.cache', value: cache, origin: at('idempotency', 'cache') }]),
  ]
}

function findCall(model: SystemModel, from: string, to: string): CallModel {
  const service = model.services.get(from)
  if (service === undefined) {
    const hint = suggest(from, [...model.services.keys()])
    throw new UnknownCallError(`cannot explain ${from} -> ${to}: there is no service ${from}; ${hint}`)
  }
  const call = service.calls.find((candidate) => candidate.to === to)
  if (call === undefined) {
    const hint = suggest(
      to,
      service.calls.map((candidate) => candidate.to),
    )
    throw new UnknownCallError(`cannot explain ${from} -> ${to}: ${from} does not call ${to}; ${hint}`)
  }
  return call
}

function describeFallback({ fallback }: CallModel): string {
  if (fallback?.queue !== undefined) return `queue ${fallback.queue}`
  if (fallback?.cache !== undefined)
    return `last good answer, at most ${formatDuration(fallback.cache.maxAgeMs)} old`
  return fallback?.status === undefined ? 'none: the failure reaches the caller' : `answer ${fallback.status}`
}
