import { type Fields, isFields } from './fields.js'
import { OVERRIDE, RESET } from './yaml-objects.js'

/** Keys whose later value replaces the earlier one whole. */
const REPLACED = new Set(['command', 'entrypoint', 'test', 'image', 'build'])
/** Keys that may be written as a list of `NAME=value` or names, and are merged as a map. */
const NAMED = new Set(['environment', 'labels', 'depends_on', 'extra_hosts', 'networks'])

/** Merges a later Compose file into an earlier one: maps by key, lists one after the other, the rest replaced. */
export function mergeCompose(base: Fields, later: Fields): Fields {
  return merge('', base, later) as Fields
}

/** Without the marks of `!reset` and `!override`, which have done their work. */
export function withoutMarks(value: unknown, done: Map<unknown, unknown> = new Map()): unknown {
  if (typeof value !== 'object' || value === null) return value === RESET ? undefined : value
  if (done.has(value)) return done.get(value)
  if (Array.isArray(value)) {
    const list = value.map((item) => withoutMarks(item, done))
    done.set(value, list)
    return list
  }
  const fields = value as Fields
  if (Object.hasOwn(fields, OVERRIDE)) return withoutMarks(fields[OVERRIDE], done)
  const map: Record<string, unknown> = {}
  done.set(value, map)
  for (const [key, item] of Object.entries(fields)) {
    const plain = withoutMarks(item, done)
    if (plain !== undefined) map[key] = plain
  }
  return map
}

function merge(key: string, base: unknown, later: unknown): unknown {
  if (later === undefined) return base
  if (later === RESET) return undefined
  if (isFields(later) && Object.hasOwn(later, OVERRIDE)) return later[OVERRIDE]
  if (base === undefined || base === null || later === null || REPLACED.has(key)) return later ?? base
  if (NAMED.has(key)) return mergeMaps(named(base), named(later))
  if (isFields(base) && isFields(later)) return mergeMaps(base, later)
  if (Array.isArray(base) && Array.isArray(later)) return [...new Set([...base, ...later] as unknown[])]
  return later
}

function mergeMaps(base: Fields, later: Fields): Fields {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(later)) {
    const one = merge(key, base[key], value)
    if (one === undefined) delete merged[key]
    else merged[key] = one
  }
  return merged
}

/** A list of `NAME=value`, or of names, as a map. */
function named(value: unknown): Fields {
  if (isFields(value)) return value
  if (!Array.isArray(value)) return {}
  return Object.fromEntries(
    (value as unknown[]).flatMap((item): [string, unknown][] => {
      if (typeof item !== 'string') return []
      const at = item.indexOf('=')
      return at === -1 ? [[item, null]] : [[item.slice(0, at), item.slice(at + 1)]]
    }),
  )
}
