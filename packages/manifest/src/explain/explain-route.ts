import { policyAttempts, worstCaseMs } from '../call-graph/attempts.js'
import type { RouteModel } from '../model/route-model.js'
import type { SystemModel } from '../model/system-model.js'
import { formatOrigin } from '../model/origin.js'
import { suggest } from '../reading/suggest.js'
import type { DocumentPath, ManifestSource } from '../source/manifest-source.js'
import { formatDuration } from '../units/duration.js'
import { gatewayWords } from '../words/gateway-words.js'
import { type EnforcementLimit, inexpressible } from './enforcement-limits.js'
import { reachOf, UnknownCallError } from './explain-call.js'
import { policyValues } from './policy-values.js'
import { type ExplainedValue, explainWords, originOf } from './word-value.js'

/** Everything in force for one route of the gateway, and why. */
export interface RouteExplanation {
  readonly file: string
  /** The path that it matches. */
  readonly route: string
  /** Its place among the routes, from 1 on: the first that matches takes a request. */
  readonly position: number
  readonly to: string | null
  readonly policy: string
  /** What it matches, and what becomes of the request. */
  readonly parts: readonly ExplainedValue[]
  readonly values: readonly ExplainedValue[]
  /** How the service behind it is reached; empty where the gateway answers itself. */
  readonly reach: readonly ExplainedValue[]
  /** What the gateway lets in. */
  readonly gateway: readonly ExplainedValue[]
  /** Requests that one becomes at worst. */
  readonly attempts: number
  /** The longest that a caller waits, in milliseconds; Infinity when nothing limits it. */
  readonly longestMs: number
  /** What the gateway cannot express. */
  readonly limits: readonly EnforcementLimit[]
}

/**
 * Explains the routes of the gateway that are written with this path: there may be several, told apart by headers or
 * methods.
 *
 * @throws UnknownCallError when there is none.
 */
export function explainRoute(
  system: { readonly model: SystemModel; readonly source: ManifestSource },
  path: string,
): RouteExplanation[] {
  const { routes } = system.model
  const found = routes.filter(({ match }) => match.path === path)
  if (found.length === 0) {
    const hint = suggest(path, [...new Set(routes.map(({ match }) => match.path))])
    throw new UnknownCallError(`cannot explain gateway ${path}: the gateway has no route ${path}; ${hint}`)
  }
  return found.map((route) => explainOne(system, route))
}

function explainOne(
  { model, source }: { readonly model: SystemModel; readonly source: ManifestSource },
  route: RouteModel,
): RouteExplanation {
  const { policy, match, to, document, path } = route
  const { gateway } = model
  const trust = gateway.trust.map(({ address, prefix }) => `${address}/${prefix}`).join(', ') || 'none'
  return {
    file: source.document.file,
    route: match.path,
    position: Number(path.at(-1)) + 1,
    to: to ?? null,
    policy: document.policy ?? model.document.gateway?.policy ?? '',
    parts: [...partsOf(route, source), ...defaultsOf(route)],
    values:
      to === undefined
        ? []
        : policyValues(policy).map((value) => ({
            ...value,
            origin: originOf(value.name, policy.origins, source),
          })),
    reach: to === undefined ? [] : reachOf(model, to, source),
    gateway: [
      ...explainWords(
        gatewayWords,
        { ...gateway, shedding: gateway.shedding || undefined },
        gateway.origins,
        source,
      ),
      { name: 'trust', value: trust, origin: originOf('trust', gateway.origins, source) },
    ],
    attempts: to === undefined ? 0 : policyAttempts(policy),
    longestMs: to === undefined ? 0 : worstCaseMs(policy),
    limits: to === undefined ? [] : inexpressible({ ...route, mode: policy.mode }, 'sidecar'),
  }
}

const PARTS = [
  'match',
  'to',
  'redirect',
  'respond',
  'operations',
  'split',
  'mirror',
  'fault',
  'rewrite',
  'headers',
  'cors',
  'fallback',
] as const

function partsOf({ document, path }: RouteModel, source: ManifestSource): ExplainedValue[] {
  return PARTS.flatMap((part) => leaves(part, document[part], [...path, part], source))
}

function leaves(name: string, value: unknown, path: DocumentPath, source: ManifestSource): ExplainedValue[] {
  if (value === undefined) return []
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, below]) =>
      leaves(`${name}.${key}`, below, [...path, key], source),
    )
  }
  const text = Array.isArray(value) ? value.map(String).join(', ') : plainText(value)
  return [{ name, value: text, origin: formatOrigin({ kind: 'document', path }, source) }]
}

/** What holds where a part is written without it. */
function defaultsOf({ document, mirror, fault, redirect, cors }: RouteModel): ExplainedValue[] {
  const silent: readonly (readonly [name: string, isSilent: boolean, value: string])[] = [
    ['mirror.share', mirror !== undefined && document.mirror?.share === undefined, '100%'],
    ['fault.delay.share', fault?.delay !== undefined && document.fault?.delay?.share === undefined, '100%'],
    ['fault.abort.share', fault?.abort !== undefined && document.fault?.abort?.share === undefined, '100%'],
    ['redirect.status', redirect !== undefined && document.redirect?.status === undefined, '307'],
    [
      'cors.methods',
      cors !== undefined && document.cors?.methods === undefined,
      cors?.methods.join(', ') ?? '',
    ],
    [
      'cors.maxAge',
      cors !== undefined && document.cors?.maxAge === undefined,
      formatDuration(cors?.maxAgeMs ?? 0),
    ],
  ]
  return silent.flatMap(([name, isSilent, value]) => (isSilent ? [{ name, value, origin: 'default' }] : []))
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
