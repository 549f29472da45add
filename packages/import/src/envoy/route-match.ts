import type { RouteHosts } from '../mesh/gateway-routes.js'
import { refuse } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { routeMethods } from '../writing/route-methods.js'

/**
 * The match of a route: a path, exact or by how it begins, and a method. Undefined when it asks for more, so that the
 * route is left out: without its other conditions it would take requests that are not for it.
 */
export function routeMatch(match: Setting | undefined): Block | undefined {
  if (match === undefined) return undefined
  const kinds = ['prefix', 'path', 'pathSeparatedPrefix'] as const
  const kind = kinds.find((key) => match.at(key) !== undefined)
  const path = kind === undefined ? undefined : match.at(kind)
  const method = readMethod(match.at('headers'))
  const isCaseSensitive = match.at('caseSensitive')
  const others = match.entries.filter(
    (entry) => entry !== path && entry !== isCaseSensitive && entry !== match.at('headers'),
  )
  if (kind === undefined || path === undefined || others.length > 0 || method === 'more') return undefined
  if (!/^\/\S{0,500}$/.test(path.text)) return refuse(path, 'a path that starts with /')
  if (isCaseSensitive?.text === 'false')
    isCaseSensitive.decline('paths are matched as they are written here: add a route for the other spelling')
  else isCaseSensitive?.use()
  path.use()
  const plain = /^[\w/.-]+$/.test(path.text) ? path.text : JSON.stringify(path.text)
  const block = new Block().put('path', written(kind, plain), path.source)
  if (method === undefined) return block
  match.at('headers')?.items[0]?.at('name')?.use()
  return block.put('methods', `[${method.use().text}]`)
}

function written(kind: 'prefix' | 'path' | 'pathSeparatedPrefix', plain: string): string {
  if (kind === 'path') return `{ exact: ${plain} }`
  return kind === 'prefix' && plain !== '/' ? `{ prefix: ${plain} }` : plain
}

/** The one method that headers ask for, where they ask for nothing else. */
function readMethod(headers: Setting | undefined): Setting | 'more' | undefined {
  const [header, ...others] = headers?.items ?? []
  if (header === undefined) return undefined
  const exact = header.at('stringMatch', 'exact') ?? header.at('exactMatch')
  const isPlain = others.length === 0 && leaves(header) === 2 && header.at('name')?.text === ':method'
  return isPlain && exact !== undefined && routeMethods.includes(exact.text) ? exact : 'more'
}

function leaves(setting: Setting): number {
  const below = [...setting.entries, ...setting.items]
  return below.length === 0 ? 1 : below.reduce((sum, one) => sum + leaves(one), 0)
}

/** The host names of a virtual host: undefined when one of them is none that a route could name. */
export function readDomains(host: Setting, serverNames: Setting | undefined): RouteHosts | undefined {
  const list = host.at('domains')
  const named = list?.items ?? []
  // The name that a caller connects by narrows what a virtual host for everybody takes.
  const isForAll = named.some((item) => item.text === '*')
  const items = isForAll ? (serverNames?.items ?? []) : named
  const names = items.map((item) => item.text.replace(/:(\d+|\*)$/, ''))
  if (names.some((name) => !/^(\*\.)?[A-Za-z0-9][A-Za-z0-9_.-]{0,250}$/.test(name))) return undefined
  for (const item of [...named, ...items]) item.use()
  const from = isForAll ? serverNames : list
  return { names: [...new Set(names)], comment: names.length === 0 ? undefined : from?.source }
}

/** Envoy takes the most specific name, wherever its virtual host stands: an exact one, then the longest wildcard. */
export function bySpecificity(hosts: readonly Setting[]): Setting[] {
  const weight = (host: Setting): number =>
    Math.max(
      0,
      ...(host.at('domains')?.items ?? []).map(({ text }) =>
        text === '*' ? 0 : text.length + (text.includes('*') ? 0 : 1_000),
      ),
    )
  return hosts.toSorted((a, b) => weight(b) - weight(a))
}
