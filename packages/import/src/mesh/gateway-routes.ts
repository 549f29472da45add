import { goDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import { durationText, readDuration, readText, readWhole, refuse } from '../settings/read.js'
import { Block } from '../writing/block.js'
import { plainName } from '../writing/names.js'
import { routeMethods } from '../writing/route-methods.js'
import { retryBlock } from './retries.js'
import { mirrorBlock, requestChanges, rewriteBlock } from './request-changes.js'
import { ownAnswer } from './own-answer.js'
import { pathMatch, valueMatches } from './value-matches.js'

/** What may stand in a match without changing which requests it takes. */
const labels = ['name', 'statPrefix']

/** The host names of an object, for all of its routes. */
export interface RouteHosts {
  readonly names: readonly string[]
  readonly comment: string | undefined
}

interface RouteMatch {
  readonly path: string
  readonly method: string | undefined
  readonly hosts: RouteHosts
  readonly headers: Block
  readonly query: Block
  readonly comment: string
}

/** Routes of the gateway for one route of a VirtualService: one for each of its matches. */
export function gatewayRoutes(
  route: Setting,
  hosts: RouteHosts,
  serviceOf: (host: string) => string,
): Block[] {
  const answers = ['redirect', 'directResponse'].some((key) => route.at(key) !== undefined)
  if (route.at('delegate') !== undefined || (route.at('route') === undefined && !answers)) {
    const has = route.at('delegate') === undefined ? 'no route' : 'delegate'
    route.decline(`a route of the gateway leads to a service or answers itself, and this one has ${has}`)
    return []
  }
  const matches = readMatches(route, hosts)
  if (matches.length === 0) {
    route.decline('a condition that a manifest cannot express decides over this route, so it is left out')
    return []
  }
  const rest = answers ? ownAnswer(route) : forwarding(route, serviceOf)
  if (rest === undefined) return []
  const common = requestChanges(route)
  return matches.map((match) => new Block().nest('match', matchBlock(match)).append(rest).append(common))
}

function matchBlock({ path, method, hosts, headers, query, comment }: RouteMatch): Block {
  const match = new Block().put('path', path, comment)
  if (method !== undefined) match.put('methods', `[${method}]`)
  writeHosts(hosts, match)
  if (!headers.empty) match.nest('headers', headers)
  if (!query.empty) match.nest('query', query)
  return match
}

function forwarding(route: Setting, serviceOf: (host: string) => string): Block | undefined {
  const target = readTarget(route, serviceOf)
  if (target === undefined) return undefined
  const block = new Block().put('to', target.to, target.comment)
  if (target.split !== undefined) block.nest('split', target.split)
  for (const [key, part] of [
    ['mirror', mirrorBlock(route, serviceOf)],
    ['rewrite', rewriteBlock(route.at('rewrite'))],
    ['timeout', timeoutBlock(route)],
  ] as const)
    if (!part.empty) block.nest(key, part)
  const given = route.at('retries')
  if (given === undefined) return block
  return block.nest(
    'retry',
    retryBlock(given, undefined) ?? new Block().put('attempts', 1, 'retries are off'),
  )
}

export function writeHosts({ names, comment }: RouteHosts, match: Block): void {
  if (names.length > 0)
    match.put('hosts', `[${names.map((name) => JSON.stringify(name)).join(', ')}]`, comment)
}

/** The host names of an object: undefined when one of them is none that a route could name. */
export function readHosts(list: Setting | undefined): RouteHosts | undefined {
  const items = list?.items ?? []
  const names = items.map(({ text }) => text).filter((name) => name !== '*')
  if (names.some((name) => !/^(\*\.)?[A-Za-z0-9][A-Za-z0-9_.-]{0,250}$/.test(name))) return undefined
  for (const item of items) item.use()
  return items.length > names.length
    ? { names: [], comment: undefined }
    : { names, comment: list === undefined ? undefined : list.source }
}

/** How long a route waits: `timeout` in all, `perTryTimeout` for each attempt; `0s` is no limit. */
export function timeoutBlock(route: Setting | undefined): Block {
  const block = new Block()
  const attempt = readDuration(route?.at('retries', 'perTryTimeout'), goDuration)
  if (attempt !== undefined && attempt.value > 0)
    block.from('attempt', durationText(attempt.value), attempt.from)
  const total = readDuration(route?.at('timeout'), goDuration)
  if (total !== undefined && total.value > 0) block.from('total', durationText(total.value), total.from)
  return block
}

function readMatches(route: Setting, hosts: RouteHosts): RouteMatch[] {
  const entries = route.at('match')?.items ?? []
  if (entries.length > 0) return entries.flatMap((entry) => readMatch(entry, hosts) ?? [])
  const comment = `${route.place} every path`
  return [{ path: '/', method: undefined, hosts, headers: new Block(), query: new Block(), comment }]
}

function readMatch(entry: Setting, hosts: RouteHosts): RouteMatch | undefined {
  const method = entry.at('method', 'exact')
  const uri = entry.at('uri', 'exact') ?? entry.at('uri', 'prefix') ?? entry.at('uri', 'regex')
  const authority = entry.at('authority', 'exact')
  const values = [entry.at('headers'), entry.at('withoutHeaders'), entry.at('queryParams')]
  const expressible = [
    method,
    uri,
    authority,
    ...values.flatMap((map) => (map === undefined ? [] : leaves(map))),
  ]
  const other = leaves(entry).filter((leaf) => !expressible.includes(leaf) && !labels.includes(leaf.key))
  const headers = valueMatches(values[0], values[1], (name) => /^[A-Za-z0-9][\w-]{0,199}$/.test(name))
  const query = valueMatches(values[2], undefined, (name) => name !== '' && name.length <= 200)
  const path = pathMatch(uri)
  const methodText = method?.text.toUpperCase()
  const badMethod = methodText !== undefined && !routeMethods.includes(methodText)
  const badHost = authority !== undefined && !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,250}$/.test(authority.text)
  if (
    other.length > 0 ||
    badMethod ||
    badHost ||
    path === undefined ||
    headers === undefined ||
    query === undefined
  ) {
    if (badMethod && method !== undefined) refuse(method, `one of ${routeMethods.join(', ')}`)
    if (path === undefined && uri !== undefined)
      refuse(uri, 'a path that starts with /, or an expression that RE2 and JavaScript read alike')
    entry.decline('a manifest cannot say all that this asks for, so it is left out')
    return undefined
  }
  for (const setting of [method, uri, authority]) setting?.use()
  for (const map of values) map?.useAll()
  return {
    path,
    method: methodText,
    hosts: authority === undefined ? hosts : { names: [authority.text], comment: authority.source },
    headers,
    query,
    comment: uri === undefined ? `${entry.place} every path` : uri.source,
  }
}

function leaves(setting: Setting): Setting[] {
  const below = [...setting.entries, ...setting.items]
  return below.length === 0 ? [setting] : below.flatMap(leaves)
}

interface RouteTarget {
  readonly to: string
  readonly comment: string
  readonly split: Block | undefined
}

function readTarget(route: Setting, serviceOf: (host: string) => string): RouteTarget | undefined {
  const destinations = (route.at('route')?.items ?? []).flatMap((item) => {
    const host = readText(item.at('destination', 'host'))
    const weight = readWhole(item.at('weight'), 0, 1_000_000)
    return host === undefined ? [] : [{ item, host, to: serviceOf(host.value), weight: weight?.value ?? 0 }]
  })
  const heaviest = destinations.toSorted((a, b) => b.weight - a.weight)[0]
  if (heaviest === undefined)
    return route.decline('a destination with a host is needed, so this route is left out')
  const own = destinations.filter(({ to }) => to === heaviest.to)
  for (const { item, to } of destinations.filter((destination) => !own.includes(destination))) {
    item.decline(
      `a route leads to one service, here ${heaviest.to}: make ${to} a version of it, or a route of its own`,
    )
  }
  const split = new Block()
  for (const { item, weight } of own) {
    const subset = readText(item.at('destination', 'subset'))
    if (subset === undefined) continue
    const version = plainName(subset.value)
    if (split.has(version)) item.decline('this version already has a share: add the two up')
    else split.from(version, own.length === 1 ? 100 : weight, subset.from)
  }
  return { to: heaviest.to, comment: heaviest.host.from.source, split: split.empty ? undefined : split }
}
