import { springDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import { durationText, readDuration } from '../settings/read.js'
import { Block } from '../writing/block.js'
import { routeMethods } from '../writing/route-methods.js'
import { writeRetryFilter } from './retry-filter.js'
import { writeRouteFilters } from './route-filters.js'
import { readShortcut } from './shortcut.js'

export interface CloudRoute {
  readonly block: Block
  readonly hasLimit: boolean
  /** Filters that the route does not have. */
  readonly left: readonly Setting[]
}

/** The service of a host. One on this machine is known by the name of its route alone. */
function calleeOf(host: string, route: Setting): string | undefined {
  if (/\.svc(\.|$)/.test(host)) return host.split('.')[0]
  if (host !== 'localhost' && !/^[\d.]+$/.test(host)) return host
  const id = route.at('id')
  if (id?.scalar !== undefined && id.text !== '') return id.use().text
  return route.decline(`${host} names no service, and the route has no id: it is left out`)
}

interface Match {
  readonly paths: readonly Block[]
  readonly methods: readonly string[]
  readonly hosts: readonly string[]
}

/** A route of the manifest's gateway for one of Spring Cloud Gateway; undefined when it cannot be told truly. */
export function readCloudRoute(
  route: Setting,
  defaultFilters: readonly Setting[],
  serviceOf: (name: string) => string,
): CloudRoute | undefined {
  const uri = route.at('uri')
  const [, host] =
    /^(?:lb|http|https|ws|wss):(?:ws:|http:)?\/\/([\w.-]+)(?::\d+)?\/?$/i.exec(uri?.text ?? '') ?? []
  if (uri === undefined || host === undefined) {
    route.decline('a route leads to a service here, such as lb://payment, so this one is left out')
    return undefined
  }
  const match = readMatch(route)
  if (match === undefined) return undefined
  uri.use()
  const block = new Block()
  const [first, ...others] = match.paths
  const path = first ?? new Block().put('path', '/', `${route.place} every path`)
  for (const _ of others)
    route.note('a route takes one path here: write one more route for each further path')
  if (match.methods.length > 0) path.put('methods', `[${match.methods.join(', ')}]`)
  if (match.hosts.length > 0)
    path.put('hosts', `[${match.hosts.map((name) => JSON.stringify(name)).join(', ')}]`)
  const name = calleeOf(host, route)
  if (name === undefined) return undefined
  block.nest('match', path).put('to', serviceOf(name), uri.source)
  const timeout = routeLimits(route.at('metadata'))
  if (!timeout.empty) block.nest('timeout', timeout)
  const filters = [...(route.at('filters')?.items ?? []), ...defaultFilters]
  const retry = filters.find((item) => readShortcut(item)?.name === 'Retry')
  if (retry !== undefined) writeRetryFilter(retry, block)
  const matched = path.text('path')
  const left = writeRouteFilters(
    filters.filter((item) => item !== retry),
    matched?.startsWith('/') === true ? matched : undefined,
    block,
  )
  return { block, hasLimit: !timeout.empty, left }
}

function readMatch(route: Setting): Match | undefined {
  const paths: Block[] = []
  const methods: string[] = []
  const hosts: string[] = []
  const used: Setting[] = []
  for (const item of route.at('predicates')?.items ?? []) {
    const shortcut = readShortcut(item)
    const args = shortcut?.args ?? []
    const matches = shortcut?.name === 'Path' ? args.map((arg) => pathOf(arg)) : []
    if (shortcut?.name === 'Path' && matches.every((text) => text !== undefined))
      for (const text of matches) paths.push(new Block().put('path', text, item.place))
    else if (shortcut?.name === 'Method' && args.every((arg) => routeMethods.includes(arg.toUpperCase())))
      methods.push(...args.map((arg) => arg.toUpperCase()))
    else if (shortcut?.name === 'Host' && args.every((arg) => /^(\*\*?\.)?[\w-]+(\.[\w-]+)+$/.test(arg)))
      hosts.push(...args.map((arg) => arg.replace(/^\*\*\./, '*.')))
    else {
      route.decline(
        `routes match on path, method and host here; as this one asks for ${(shortcut?.from.text ?? item.text).slice(0, 60)}, it is left out`,
      )
      return undefined
    }
    used.push(item)
  }
  for (const item of used) {
    if (item.scalar !== undefined) item.use()
    item.useKeys('name')
    item.at('args')?.useAll()
  }
  return { paths, methods, hosts }
}

/** `/orders/**` takes all below; a plain path is exact; anything else has no equivalent. */
function pathOf(pattern: string): string | undefined {
  const [, below] = /^(\/[\w./-]*?)\/?\*\*$/.exec(pattern) ?? []
  if (below !== undefined) return below === '' ? '/' : below
  return /^\/[\w./-]*$/.test(pattern) ? `{ exact: ${pattern} }` : undefined
}

function routeLimits(metadata: Setting | undefined): Block {
  const block = new Block()
  const connect = readDuration(metadata?.at('connecttimeout'), springDuration)
  if (connect !== undefined && connect.value > 0)
    block.from('connect', durationText(connect.value), connect.from)
  const response = readDuration(metadata?.at('responsetimeout'), springDuration)
  if (response !== undefined && response.value > 0)
    block.from('attempt', durationText(response.value), response.from)
  return block
}
