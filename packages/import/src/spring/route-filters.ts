import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { quoted, quotedList } from '../writing/quoted.js'
import { readShortcut, type Shortcut } from './shortcut.js'

const TOKEN = /^[!#$%&'*+.^_`|~A-Za-z0-9-]{1,200}$/
/** A value without anything to be filled in, such as `{segment}` and `#{bean}`. */
const PLAIN = /^[\t -z|~]{1,4000}$/
const PATH = /^\/[\w./-]{0,500}$/

const pathFilters = new Set(['StripPrefix', 'PrefixPath', 'SetPath', 'RewritePath'])

interface HeaderChange {
  readonly side: 'request' | 'response'
  readonly kind: 'set' | 'add' | 'remove'
}

const headerFilters: Readonly<Record<string, HeaderChange>> = {
  AddRequestHeader: { side: 'request', kind: 'add' },
  SetRequestHeader: { side: 'request', kind: 'set' },
  RemoveRequestHeader: { side: 'request', kind: 'remove' },
  AddResponseHeader: { side: 'response', kind: 'add' },
  SetResponseHeader: { side: 'response', kind: 'set' },
  RemoveResponseHeader: { side: 'response', kind: 'remove' },
}

/**
 * What the filters of a route change on the way: the path and headers. `path` is the part that the route matches, or
 * undefined where it matches no part of a path. Gives those that are not taken.
 */
export function writeRouteFilters(
  filters: readonly Setting[],
  path: string | undefined,
  route: Block,
): Setting[] {
  const changes = { request: new Changes(), response: new Changes() }
  const ofPath = filters.filter((filter) => pathFilters.has(readShortcut(filter)?.name ?? ''))
  const left = filters.filter((filter) => {
    const shortcut = readShortcut(filter)
    if (shortcut === undefined) return true
    const header = Object.hasOwn(headerFilters, shortcut.name) ? headerFilters[shortcut.name] : undefined
    if (header !== undefined) return !changes[header.side].take(header.kind, shortcut)
    // Each of several works on what the one before it made.
    if (!pathFilters.has(shortcut.name) || ofPath.length > 1) return true
    const rewrite = rewritten(shortcut, path)
    if (rewrite !== undefined) route.put('rewrite', rewrite, `${filter.place} ${shortcut.name}`)
    return rewrite === undefined
  })
  for (const filter of filters) if (!left.includes(filter)) filter.useAll()
  const headers = new Block()
  for (const side of ['request', 'response'] as const) {
    const block = changes[side].block()
    if (!block.empty) headers.nest(side, block)
  }
  if (!headers.empty) route.nest('headers', headers)
  return left
}

/** What stands in the place of the matched part of the path. */
function rewritten({ name, args }: Shortcut, path: string | undefined): string | undefined {
  const [first = '', second = ''] = args
  if (name === 'SetPath' && PATH.test(first)) return `{ path: ${quoted(first)} }`
  if (path === undefined) return undefined
  const parts = path.split('/').filter((part) => part !== '')
  if (name === 'StripPrefix') {
    const count = Number(first === '' ? 1 : first)
    // Parts below what the route matches are not the same in every request.
    return Number.isInteger(count) && count >= 0 && count <= parts.length
      ? quoted(`/${parts.slice(count).join('/')}`)
      : undefined
  }
  if (name === 'PrefixPath' && PATH.test(first))
    return quoted(first.replace(/\/$/, '') + (path === '/' ? '' : path))
  if (name !== 'RewritePath') return undefined
  // The usual form takes what is below the matched part, and puts it below another one.
  const [, from, segment] = /^\^?(\/[\w./-]*?)\/?\??\(?\/?\?<(\w+)>\/?\.\*\)\$?$/.exec(first) ?? []
  const [, to, filled] = /^(\/?[\w./-]*?)\/?\$\\?\{(\w+)\}$/.exec(second) ?? []
  if (from !== path || to === undefined || segment !== filled) return undefined
  return quoted(to === '' ? '/' : to)
}

/** Changes of the headers of one side. */
class Changes {
  readonly #maps = { set: new Block(), add: new Block() }
  readonly #removed: string[] = []

  take(kind: HeaderChange['kind'], { args, from }: Shortcut): boolean {
    const [name = '', ...rest] = args
    const value = rest.join(', ')
    if (!TOKEN.test(name)) return false
    if (kind === 'remove') {
      this.#removed.push(name)
      return true
    }
    const key = JSON.stringify(name)
    if (!PLAIN.test(value) || this.#maps[kind].has(key)) return false
    this.#maps[kind].put(key, JSON.stringify(value), from.place)
    return true
  }

  block(): Block {
    const block = new Block()
    for (const kind of ['set', 'add'] as const)
      if (!this.#maps[kind].empty) block.nest(kind, this.#maps[kind])
    if (this.#removed.length > 0) block.put('remove', quotedList([...new Set(this.#removed)]))
    return block
  }
}
