/** The target with its path in one form; undefined as below. */
export function normalizedTarget(target: string, mergesSlashes: boolean): string | undefined {
  const path = pathOf(target)
  const normalized = normalizedPath(path, mergesSlashes)
  if (normalized === path) return target
  return normalized === undefined ? undefined : normalized + target.slice(path.length)
}

/** A target without its query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

/**
 * A path as it is matched and sent on: the same one, or routes would judge another request than the service gets. Dots
 * are resolved and letters that need no encoding are decoded (RFC 3986, section 6.2.2); an encoded slash stays what it
 * is. Undefined for a path that leaves its root, or holds what no path may hold.
 */
function normalizedPath(path: string, mergesSlashes: boolean): string | undefined {
  if (!mayChange.test(path) && !(mergesSlashes && path.includes('//'))) return path
  const decoded = path.replace(/%([\dA-Fa-f]{2})/g, (_, digits: string) => unreserved(digits))
  if (decoded.includes('%00')) return undefined
  const merged = mergesSlashes ? decoded.replace(/\/{2,}/g, '/') : decoded
  return withoutDots(merged)
}

/** An encoded byte, or a segment of dots. */
const mayChange = /%|\/\.{1,2}(\/|$)/

/** The letter, or the encoding in capitals. */
function unreserved(digits: string): string {
  const letter = String.fromCharCode(Number.parseInt(digits, 16))
  return /[A-Za-z0-9._~-]/.test(letter) ? letter : `%${digits.toUpperCase()}`
}

function withoutDots(path: string): string | undefined {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') {
      if (kept.length === 0) return undefined
      kept.pop()
      if (isLast) kept.push('')
    } else if (segment === '.') {
      if (isLast) kept.push('')
    } else kept.push(segment)
  }
  return `/${kept.join('/')}`
}

/** The target with another path, and the query that it had. */
export function withPath(target: string, change: (path: string) => string): string {
  const path = pathOf(target)
  return change(path) + target.slice(path.length)
}
