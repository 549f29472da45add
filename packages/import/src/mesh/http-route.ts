import { anyFailure } from '../writing/any-failure.js'
import { goDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import { durationText, readDuration, readText, readWhole, refuse } from '../settings/read.js'
import { Block } from '../writing/block.js'
import { routeMethods } from '../writing/route-methods.js'
import { nonLinearPart } from '@watertight/manifest/tooling'
import { readHosts, type RouteHosts, writeHosts } from './gateway-routes.js'
import type { CallSections } from './mesh-table.js'
import { matchedValues, routeFilters } from './route-filters.js'
import type { RouteContext } from './virtual-service.js'

/** What annotations of a mesh add to a route, and what holds where nothing is said. */
export interface RouteDefaults {
  readonly limits: (document: Setting) => Block
  /** `off` when the annotations say nothing. */
  readonly retries: (document: Setting, budget: Block | undefined) => Block | undefined
}

/**
 * An HTTPRoute or GRPCRoute of the Gateway API. Bound to a gateway it gives routes of the manifest's gateway; bound to a
 * Service it says how that service is called.
 */
export function readHttpRoute(
  document: Setting,
  namespace: string,
  context: RouteContext,
  defaults: RouteDefaults,
): void {
  const parents = document.at('spec', 'parentRefs')?.items ?? []
  const services = parents.filter((parent) => isService(parent.at('kind')?.text))
  const rules = document.at('spec', 'rules')?.items ?? []
  if (rules.length === 0) return document.decline('it has no rules, so that it routes nothing')
  const outside = services.length < parents.length || parents.length === 0
  for (const parent of parents)
    if (!services.includes(parent))
      parent.decline('a manifest has one gateway, which gateway.listen describes')
  if (outside) readOutside(document, namespace, rules, context, defaults)
  if (services.length > 0) readInside(document, namespace, services, rules, outside, context, defaults)
}

function readOutside(
  document: Setting,
  namespace: string,
  rules: readonly Setting[],
  context: RouteContext,
  defaults: RouteDefaults,
): void {
  const list = document.at('spec', 'hostnames')
  const hosts = readHosts(list) ?? { names: [], comment: undefined }
  if (list !== undefined && hosts.names.length === 0 && list.items.some(({ text }) => text !== '*')) {
    list.decline('a route names whole hosts, or all below one (*.shop.example): its routes are left out')
    return
  }
  for (const rule of rules)
    context.routes.push(...gatewayRules(document, rule, namespace, hosts, context, defaults))
}

function gatewayRules(
  document: Setting,
  rule: Setting,
  namespace: string,
  hosts: RouteHosts,
  context: RouteContext,
  defaults: RouteDefaults,
): Block[] {
  const { redirect, changes } = routeFilters(rule, (name, own) => {
    const to = context.hosts.serviceOf(name.text, own ?? namespace)
    context.services.add(to)
    return to
  })
  if (redirect !== undefined && isForPlainHttp(redirect, document)) {
    rule.decline(
      'it sends what comes to one listener by plain HTTP to https, and a manifest has one listener, which would send its own requests back to itself: keep it where port 80 is answered',
    )
    return []
  }
  const target = redirect === undefined ? targetOf(rule, namespace, context) : undefined
  if (target === undefined && redirect === undefined) return []
  const entries = rule.at('matches')?.items ?? []
  const matches =
    entries.length === 0
      ? [new Block().put('path', '/', `${rule.place} every path`)]
      : entries.flatMap((entry) => readMatch(entry) ?? [])
  if (matches.length === 0) {
    rule.decline('a condition that a manifest cannot express decides over this route, so it is left out')
    return []
  }
  const timeout = limitsOf(rule).fill(defaults.limits(document))
  const retry = retriesOf(rule) ?? defaults.retries(document, undefined)
  return matches.map((match) => {
    writeHosts(hosts, match)
    const block = new Block().nest('match', match)
    if (target === undefined)
      return redirect === undefined ? block : block.nest('redirect', redirect).append(changes)
    block.put('to', target.name, target.comment).append(changes)
    if (!timeout.empty) block.nest('timeout', timeout)
    return retry === undefined ? block : block.nest('retry', retry)
  })
}

/** A redirect that changes the scheme alone, of one listener among several. */
function isForPlainHttp(redirect: Block, document: Setting): boolean {
  const parents = document.at('spec', 'parentRefs')?.items ?? []
  const isOfOne = parents.some((parent) => parent.at('sectionName') ?? parent.at('port'))
  const changes = ['host', 'path', 'prefix'].some((key) => redirect.has(key))
  return isOfOne && redirect.text('scheme') === 'https' && !changes
}

function readInside(
  document: Setting,
  namespace: string,
  parents: readonly Setting[],
  rules: readonly Setting[],
  outside: boolean,
  { hosts, table }: RouteContext,
  defaults: RouteDefaults,
): void {
  const main = rules.find((rule) => isEveryPath(rule)) ?? rules[0]
  if (!outside) {
    for (const rule of rules) {
      if (rule !== main)
        rule.decline(
          'a call has one policy for all its requests, that of the rule without a match: make this a service of its own',
        )
    }
    if (main !== undefined && !isEveryPath(main))
      main.at('matches')?.decline('the policy holds for every request of the call, whatever its path')
    for (const match of main?.at('matches')?.items ?? []) match.at('path')?.useKeys('type', 'value')
  }
  for (const parent of parents) {
    const name = readText(parent.at('name'))
    if (name === undefined) continue
    parent.useKeys('kind', 'group', 'namespace')
    const callee = hosts.serviceOf(name.value, parent.at('namespace')?.text ?? namespace)
    for (const backend of main?.at('backendRefs')?.items ?? []) {
      const host = backend.at('name')
      if (host !== undefined && hosts.serviceOf(host.text, namespace) === callee) host.use()
    }
    const call = (budget: Block | undefined): CallSections => ({
      timeout: (main === undefined ? new Block() : limitsOf(main)).fill(defaults.limits(document)),
      retry: (main === undefined ? undefined : retriesOf(main)) ?? defaults.retries(document, budget),
      retryComment: undefined,
    })
    if (!table.setCall(callee, name.from, call))
      document.decline(`an earlier object already says how ${callee} is called: merge the two`)
  }
}

function isEveryPath(rule: Setting): boolean {
  const matches = rule.at('matches')?.items ?? []
  return (
    matches.length === 0 ||
    matches.some((match) => match.entries.length === 1 && match.at('path', 'value')?.text === '/')
  )
}

/** `request` is all of it; `backendRequest` is one attempt; `0s` is no limit. */
function limitsOf(rule: Setting): Block {
  const block = new Block()
  const attempt = readDuration(rule.at('timeouts', 'backendRequest'), goDuration)
  if (attempt !== undefined && attempt.value > 0)
    block.from('attempt', durationText(attempt.value), attempt.from)
  const total = readDuration(rule.at('timeouts', 'request'), goDuration)
  if (total !== undefined && total.value > 0) block.from('total', durationText(total.value), total.from)
  return block
}

/** The experimental `retry` of a rule. `attempts` does not count the first try, the manifest's does. */
function retriesOf(rule: Setting): Block | undefined {
  const retry = rule.at('retry')
  if (retry === undefined) return undefined
  const block = new Block()
  const attempts = readWhole(retry.at('attempts'), 0, 99)
  if (attempts === undefined) block.put('attempts', 2, 'not set: one retry')
  else block.from('attempts', attempts.value + 1, attempts.from, 'and the first try')
  const codes = retry.at('codes')
  const given = codes?.items.map(({ text }) => text) ?? []
  const known = given.filter((code) => /^[45]\d\d$/.test(code)).slice(0, 28)
  if (known.length === given.length) codes?.useAll()
  else codes?.decline('retry.on takes statuses from 400, at most 28 of them: the others are left out')
  const on = [...new Set(known), ...anyFailure]
  block.put(
    'on',
    `[${on.join(', ')}]`,
    `${codes === undefined ? retry.place : codes.source}; and failures of a connection, as the Gateway API asks for`,
  )
  const backoff = readDuration(retry.at('backoff'), goDuration)
  const waits = new Block()
  if (backoff === undefined) waits.put('initial', '25ms', 'not set: as Envoy waits').put('max', '250ms')
  else {
    waits.from('initial', durationText(backoff.value), backoff.from, 'the least wait there')
    waits.put('max', durationText(backoff.value * 10))
  }
  block.nest('backoff', waits.put('jitter', 'full'))
  return block.put('budget', 'off', 'the rule has none; remove this line to get one')
}

function readMatch(entry: Setting): Block | undefined {
  const [path, method] = [entry.at('path'), entry.at('method')]
  const lists = [entry.at('headers'), entry.at('queryParams')]
  const known = [path, method, ...lists].filter((setting) => setting !== undefined)
  const [headers, query] = lists.map((list) =>
    matchedValues(list, (pattern) => nonLinearPart(pattern) === undefined),
  )
  const isGrpc = method !== undefined && method.scalar === undefined
  const text = isGrpc ? grpcPath(method) : httpPath(path)
  const methodText = isGrpc ? undefined : method?.text.toUpperCase()
  const badMethod = methodText !== undefined && !routeMethods.includes(methodText)
  if (badMethod && method !== undefined) refuse(method, `one of ${routeMethods.join(', ')}`)
  if (
    entry.entries.length > known.length ||
    text === undefined ||
    badMethod ||
    headers === undefined ||
    query === undefined
  ) {
    entry.decline('a manifest cannot say all that this asks for, so it is left out')
    return undefined
  }
  path?.useKeys('type', 'value')
  if (isGrpc) method.useKeys('type', 'service', 'method')
  else method?.use()
  const block = new Block().put('path', text, (isGrpc ? method : path)?.source ?? `${entry.place} every path`)
  for (const list of lists) list?.useAll()
  if (methodText !== undefined) block.put('methods', `[${methodText}]`)
  if (!headers.empty) block.nest('headers', headers)
  return query.empty ? block : block.nest('query', query)
}

function httpPath(path: Setting | undefined): string | undefined {
  const value = path?.at('value')?.text ?? '/'
  const type = path?.at('type')?.text ?? 'PathPrefix'
  if (!/^\/\S{0,500}$/.test(value)) return undefined
  const plain = /^[\w/.-]+$/.test(value) ? value : JSON.stringify(value)
  if (type === 'PathPrefix') return plain
  if (type === 'Exact') return `{ exact: ${plain} }`
  const isRegex = type === 'RegularExpression' && nonLinearPart(value) === undefined
  return isRegex ? `{ regex: ${JSON.stringify(value)} }` : undefined
}

/** A method of gRPC is a path: `/package.Service/Method`. */
function grpcPath(method: Setting): string | undefined {
  const [service, name] = [method.at('service')?.text, method.at('method')?.text]
  const isExact = ['Exact', undefined].includes(method.at('type')?.text)
  if (!isExact || service === undefined || !/^[\w.]+$/.test(service)) return undefined
  if (name === undefined) return `/${service}`
  return /^\w+$/.test(name) ? `{ exact: /${service}/${name} }` : undefined
}

/** A Service, or one that several clusters share. */
function isService(kind: string | undefined): boolean {
  return kind === 'Service' || kind === 'ServiceImport'
}

function targetOf(
  rule: Setting,
  namespace: string,
  { hosts, services }: RouteContext,
): { readonly name: string; readonly comment: string } | undefined {
  const backends = (rule.at('backendRefs')?.items ?? []).flatMap((item) => {
    const name = item.at('name')
    const kind = item.at('kind')?.text ?? 'Service'
    if (name === undefined || !isService(kind)) return []
    const weight = readWhole(item.at('weight'), 0, 1_000_000)?.value ?? 1
    return [{ item, name, weight, to: hosts.serviceOf(name.text, item.at('namespace')?.text ?? namespace) }]
  })
  const heaviest = backends.toSorted((a, b) => b.weight - a.weight)[0]
  if (heaviest === undefined) {
    const actions = (rule.at('filters')?.items ?? []).map((filter) => filter.at('type')?.text ?? 'a filter')
    const others = (rule.at('backendRefs')?.items ?? []).map((item) => item.at('kind')?.text ?? 'no name')
    rule.decline(
      `a route of the gateway leads to a service, and this one has ${[...others, ...actions].join(', ') || 'none'}`,
    )
    return undefined
  }
  for (const { item, to } of backends) {
    if (to === heaviest.to) item.useKeys('kind', 'group', 'namespace')
    else
      item.decline(
        `a route leads to one service, here ${heaviest.to}: make ${to} a version of it, or a route of its own`,
      )
  }
  heaviest.name.use()
  services.add(heaviest.to)
  return { name: heaviest.to, comment: `${heaviest.name.place} backendRefs` }
}
