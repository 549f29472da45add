import type { Unsupported } from './ledger.js'

/**
 * The entries as people read them: what asks for nothing is told once for each file, key and reason, with its count. For
 * programs there is the whole list.
 *
 * @example
 * const entry = { file: 'a.yaml', path: 'routes[0].id', line: 1, reason: 'it has no name here; nothing to do' }
 * const [told] = summarise([entry, { ...entry, path: 'routes[1].id', line: 2 }])
 * console.log(told?.path) // routes[0].id (and 1 more like it)
 */
export function summarise(entries: readonly Unsupported[]): Unsupported[] {
  const groups = new Map<string, { readonly first: Unsupported; count: number }>()
  for (const [index, entry] of entries.entries()) {
    const asksNothing = entry.reason.endsWith('nothing to do')
    const last =
      entry.path
        .split('.')
        .at(-1)
        ?.replace(/\[\d+\]/g, '') ?? ''
    const key = asksNothing ? `${entry.file}\n${last}\n${entry.reason}` : String(index)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { first: entry, count: 1 })
    else group.count += 1
  }
  return [...groups.values()].map(({ first, count }) =>
    count === 1 ? first : { ...first, path: `${first.path} (and ${count - 1} more like it)` },
  )
}
