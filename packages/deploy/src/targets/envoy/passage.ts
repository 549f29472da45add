import type {
  CallModel,
  FallbackModel,
  ForwardingRoute,
  Idempotence,
  PolicyModel,
  RouteMatch,
  ServiceModel,
} from '@watertight/manifest'
import type { DocumentPath } from '@watertight/manifest/tooling'

/** Requests that share a policy on their way to one service: a call of a service, or a route of the gateway. */
export interface Passage {
  /** Names its cluster and its statistics. */
  readonly name: string
  /** Where it stands in the document. */
  readonly path: DocumentPath
  readonly to: string
  readonly match: RouteMatch
  readonly policy: PolicyModel
  readonly operations: ReadonlyMap<string, Idempotence>
  readonly fallback: FallbackModel | undefined
  /** False where the policy of these requests is for another layer, which says itself what it cannot do. */
  readonly isOurs: boolean
  /** False where another layer, or nobody, enforces the policy: requests pass as they are. */
  readonly enforced: boolean
  /** The route of the gateway; undefined for a call. */
  readonly route: ForwardingRoute | undefined
}

const EVERYTHING: RouteMatch = {
  path: '/',
  pathKind: 'prefix',
  methods: [],
  hosts: [],
  headers: [],
  query: [],
}

export function passageOfCall(call: CallModel, isOurs: boolean): Passage {
  const { to, path, policy, operations, fallback } = call
  return {
    name: to,
    path,
    to,
    match: EVERYTHING,
    policy,
    operations,
    fallback,
    isOurs,
    enforced: isOurs && policy.mode === 'enforce',
    route: undefined,
  }
}

export function passageOfRoute(route: ForwardingRoute): Passage {
  const { to, path, policy, match, operations, fallback } = route
  return {
    name: `${to}-${Number(path.at(-1)) + 1}`,
    path,
    to,
    match,
    policy,
    operations,
    fallback,
    isOurs: true,
    enforced: policy.mode === 'enforce',
    route,
  }
}

/** All that comes in for the process behind a sidecar: its callers have enforced their policies. */
export function passageToProcess({ name, path }: ServiceModel, policy: PolicyModel): Passage {
  return {
    name: 'inbound',
    path,
    to: name,
    match: EVERYTHING,
    policy,
    operations: new Map(),
    fallback: undefined,
    isOurs: false,
    enforced: false,
    route: undefined,
  }
}

/** The clusters of a passage: that of its service, or one for each version, with the part of the requests that it gets. */
export function shares({
  name,
  route,
}: Passage): readonly { readonly cluster: string; readonly version?: string; readonly weight: number }[] {
  const split = [...(route?.split ?? [])]
  if (split.length === 0) return [{ cluster: name, weight: 1 }]
  return split.map(([version, weight]) => ({ cluster: `${name}-${version}`, version, weight }))
}

/** The cluster that gets copies of the requests. */
export function mirrorCluster({ name }: Passage): string {
  return `${name}-mirror`
}
