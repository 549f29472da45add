import type { DocumentPath } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'

/**
 * The value without the places that are wrong, so that the rest can still be checked in the same run. Only the
 * maps and lists on the way to such a place are copied.
 */
export function prune(value: unknown, problems: readonly Problem[]): unknown {
  const root: unknown[] = [value]
  const owned = new Set<object>()
  const own = (holder: Holder, step: string | number): Holder | undefined => {
    const child = Object.hasOwn(holder, step) ? holder[step] : undefined
    if (typeof child !== 'object' || child === null) return undefined
    if (owned.has(child)) return child as Holder
    const copy = (Array.isArray(child) ? [...child] : { ...child }) as Holder
    owned.add(copy)
    holder[step] = copy
    return copy
  }
  for (const { path } of [...problems].sort(laterItemsFirst)) {
    let holder: Holder | undefined = own(root as unknown as Holder, 0)
    for (const step of path.slice(0, -1)) holder = holder === undefined ? undefined : own(holder, step)
    const last = path.at(-1)
    if (holder === undefined || last === undefined) continue
    if (Array.isArray(holder)) holder.splice(Number(last), 1)
    else delete holder[last]
  }
  return root[0]
}

type Holder = Record<string | number, unknown>

// Removing a list's item moves those behind it, so the last ones go first.
function laterItemsFirst(a: Problem, b: Problem): number {
  return lastIndex(b.path) - lastIndex(a.path) || b.path.length - a.path.length
}

function lastIndex(path: DocumentPath): number {
  const last = path.at(-1)
  return typeof last === 'number' ? last : -1
}
