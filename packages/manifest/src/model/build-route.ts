import type {
  CorsDocument,
  FaultDocument,
  HeaderChangesDocument,
  MirrorDocument,
  RedirectDocument,
  RespondDocument,
  RewriteDocument,
  RouteDocument,
  RouteMatchDocument,
  ValueMatchDocument,
} from '../document/gateway-document.js'
import { durationMs } from '../units/duration.js'
import { percentageShare } from '../units/percentage.js'
import { buildFallback } from './build-fallback.js'
import { buildOperations } from './build-operations.js'
import type { PolicyModel } from './policy-model.js'
import type {
  CorsModel,
  FaultModel,
  HeaderChanges,
  MirrorModel,
  NamedMatch,
  PathChange,
  RedirectModel,
  RespondModel,
  RewriteModel,
  RouteMatch,
  RouteModel,
  ValueMatch,
} from './route-model.js'

/** A route without units and without gaps. `policyOf` resolves its policy. */
export function buildRoute(
  route: RouteDocument,
  index: number,
  policyOf: (match: RouteMatch, path: readonly (string | number)[]) => PolicyModel,
): RouteModel {
  const path = ['gateway', 'routes', index]
  const match = buildMatch(route.match)
  return {
    path,
    document: route,
    match,
    to: route.to,
    redirect: route.redirect && buildRedirect(route.redirect),
    respond: route.respond && buildRespond(route.respond),
    policy: policyOf(match, path),
    operations: buildOperations(route.operations),
    fallback: route.fallback && buildFallback(route.fallback),
    split: new Map(Object.entries(route.split ?? {}).map(([version, weight]) => [version, weightOf(weight)])),
    mirror: route.mirror && buildMirror(route.mirror),
    fault: route.fault && buildFault(route.fault),
    rewrite: route.rewrite === undefined ? undefined : buildRewrite(route.rewrite, match),
    headers: {
      request: buildHeaderChanges(route.headers?.request),
      response: buildHeaderChanges(route.headers?.response),
    },
    cors: route.cors && buildCors(route.cors, match),
  }
}

function weightOf(weight: number | string): number {
  return typeof weight === 'number' ? weight : Number.parseFloat(weight)
}

function buildMatch({ path, methods = [], hosts = [], headers, query }: RouteMatchDocument): RouteMatch {
  const [pathKind, text] =
    typeof path === 'string'
      ? (['segments', path] as const)
      : 'exact' in path
        ? (['exact', path.exact] as const)
        : 'prefix' in path
          ? (['prefix', path.prefix] as const)
          : (['regex', path.regex] as const)
  return {
    path: text,
    pathKind,
    methods,
    hosts: hosts.map((host) => host.toLowerCase()),
    headers: namedMatches(headers, (name) => name.toLowerCase()),
    query: namedMatches(query, (name) => name),
  }
}

function namedMatches(
  matches: Readonly<Record<string, ValueMatchDocument>> = {},
  nameOf: (name: string) => string,
): NamedMatch[] {
  return Object.entries(matches).map(([name, match]) => ({ name: nameOf(name), ...buildValueMatch(match) }))
}

function buildValueMatch(match: ValueMatchDocument): ValueMatch {
  if (typeof match === 'string') return { kind: 'exact', value: match }
  if ('present' in match) return { kind: match.present ? 'present' : 'absent', value: '' }
  if ('exact' in match) return { kind: 'exact', value: match.exact }
  return 'prefix' in match ? { kind: 'prefix', value: match.prefix } : { kind: 'regex', value: match.regex }
}

function buildMirror({ to, version, share = '100%' }: MirrorDocument): MirrorModel {
  return { to, version, share: percentageShare(share) }
}

function buildFault({ delay, abort }: FaultDocument): FaultModel {
  return {
    delay: delay && { byMs: durationMs(delay.by), share: percentageShare(delay.share ?? '100%') },
    abort: abort && { status: abort.status, share: percentageShare(abort.share ?? '100%') },
  }
}

// Of an expression or of an exact path, all is matched.
function buildRewrite(rewrite: RewriteDocument, { pathKind }: RouteMatch): RewriteModel {
  const { prefix, path, host } = typeof rewrite === 'string' ? { prefix: rewrite } : rewrite
  const isPart = pathKind === 'segments' || pathKind === 'prefix'
  const change = pathChange(isPart ? prefix : undefined, path ?? (isPart ? undefined : prefix))
  return { path: change, host: host?.toLowerCase() }
}

function pathChange(prefix: string | undefined, path: string | undefined): PathChange | undefined {
  if (path !== undefined) return { part: 'whole', path }
  return prefix === undefined ? undefined : { part: 'matched', path: prefix }
}

function buildHeaderChanges({ set = {}, add = {}, remove = [] }: HeaderChangesDocument = {}): HeaderChanges {
  const inLowerCase = (headers: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { set: inLowerCase(set), add: inLowerCase(add), remove: remove.map((name) => name.toLowerCase()) }
}

function buildRedirect({
  to,
  scheme,
  host,
  port,
  prefix,
  path,
  status = 307,
}: RedirectDocument): RedirectModel {
  if (to === undefined)
    return { scheme, host: host?.toLowerCase(), port, path: pathChange(prefix, path), status }
  if (to.startsWith('/')) return redirectTo(undefined, undefined, undefined, to, status)
  const [, protocol, name = '', digits, rest = '/'] = /^(https?):\/\/([^/:]+)(?::(\d+))?(.*)$/.exec(to) ?? []
  return redirectTo(
    protocol === 'http' ? 'http' : 'https',
    name.toLowerCase(),
    digits === undefined ? undefined : Number(digits),
    rest === '' ? '/' : rest,
    status,
  )
}

function redirectTo(
  scheme: RedirectModel['scheme'],
  host: string | undefined,
  port: number | undefined,
  path: string,
  status: number,
): RedirectModel {
  return { scheme, host, port, path: { part: 'whole', path }, status }
}

function buildRespond({ status, body }: RespondDocument): RespondModel {
  if (body === undefined) return { status, body: '', contentType: undefined }
  if (typeof body === 'string') return { status, body, contentType: 'text/plain; charset=utf-8' }
  return { status, body: JSON.stringify(body), contentType: 'application/json' }
}

function buildCors(cors: CorsDocument, { methods }: RouteMatch): CorsModel {
  const named = methods.length === 0 ? ['GET', 'HEAD', 'POST'] : methods
  return {
    origins: cors.origins.map(originMatch),
    methods: cors.methods ?? named,
    headers: (cors.headers ?? []).map((name) => name.toLowerCase()),
    expose: (cors.expose ?? []).map((name) => name.toLowerCase()),
    credentials: cors.credentials ?? false,
    maxAgeMs: durationMs(cors.maxAge ?? '5s'),
  }
}

// Browsers write origins in lower case, and without the port of their scheme.
function originMatch(origin: string): ValueMatch {
  if (origin === '*') return { kind: 'present', value: '' }
  const text = origin.toLowerCase()
  if (!text.includes('*')) return { kind: 'exact', value: text }
  const literal = text.replace(/[.]/g, '\\.').replace('*', '[a-z0-9.-]+')
  return { kind: 'regex', value: literal }
}
