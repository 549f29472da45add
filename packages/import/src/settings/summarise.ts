import type { Unsupported } from './ledger.js'

/** From here on entries that differ by their place alone are told as one. */
const TOGETHER_MIN = 4

/**
 * The entries as people read them. What asks for nothing is told once for each file, key and reason, with its count, and
 * so is what asks for the same in many places. For programs there is the whole list.
 *
 * @example
 * const entry = { file: 'a.yaml', path: 'routes[0].id', line: 1, reason: 'it has no name here; nothing to do' }
 * const [told] = summarise([entry, { ...entry, path: 'routes[1].id', line: 2 }])
 * console.log(told?.path) // routes[0].id (and 1 more like it)
 */
export function summarise(entries: readonly Unsupported[]): Unsupported[] {
  const groups = new Map<string, Unsupported[]>()
  for (const entry of entries) {
    const key = `${entry.file}\n${lastKey(entry.path)}\n${entry.reason}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length === 1) return group
    const isTogether = first.reason.endsWith('nothing to do') || group.length >= TOGETHER_MIN
    return isTogether ? [{ ...first, path: `${first.path} (and ${group.length - 1} more like it)` }] : group
  })
}

/** Of a whole object, such as `Deployment/order`, its kind. */
function lastKey(path: string): string {
  const [, kind] = /^([A-Z]\w*)\/[^.]*$/.exec(path) ?? []
  if (kind !== undefined) return kind
  return (
    path
      .split('.')
      .at(-1)
      ?.replace(/\[\d+\]/g, '') ?? ''
  )
}
