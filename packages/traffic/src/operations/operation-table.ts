/** Whether an operation may be repeated: always, never, or because it carries an `Idempotency-Key`. */
export type Idempotence = boolean | 'by-key'

/** What is said of one operation. */
interface Entry {
  readonly name: string
  readonly segments: readonly string[]
  readonly idempotence: Idempotence
}

export interface MatchedOperation {
  /** As it is written: `POST /charges`. From a bounded set, and so fit for a label. */
  readonly route: string
  readonly idempotence: Idempotence | undefined
}

/** Methods that may be repeated by definition (RFC 9110, section 9.2.2). */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])
const otherMethods: ReadonlySet<string> = new Set(['POST', 'PATCH', 'QUERY'])
/** Paths come from requests: what was looked up is kept only up to this many. */
const REMEMBERED_MAX = 1_000

/**
 * The operations of a destination by method and path, such as `POST /charges` or `GET /orders/:id`, where a segment
 * `:id`, `{id}` or `*` stands for any. The first that matches in the order given counts.
 */
export class OperationTable {
  readonly #byMethod: Map<string, Entry[]> = new Map()
  readonly #remembered: Map<string, MatchedOperation> = new Map()

  constructor(operations: Iterable<readonly [string, Idempotence]>) {
    for (const [name, idempotence] of operations) {
      const space = name.indexOf(' ')
      const method = name.slice(0, space).toUpperCase()
      const entries = this.#byMethod.get(method) ?? []
      entries.push({ name, segments: segmentsOf(name.slice(space + 1)), idempotence })
      this.#byMethod.set(method, entries)
    }
  }

  find(method: string, path: string): MatchedOperation {
    const entries = this.#byMethod.get(method)
    if (entries === undefined) return otherOperation(method)
    const end = path.indexOf('?')
    const plain = end < 0 ? path : path.slice(0, end)
    const key = `${method} ${plain}`
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const segments = segmentsOf(plain)
    const entry = entries.find((candidate) => matches(candidate.segments, segments))
    const found =
      entry === undefined ? otherOperation(method) : { route: entry.name, idempotence: entry.idempotence }
    if (this.#remembered.size < REMEMBERED_MAX) this.#remembered.set(key, found)
    return found
  }
}

/**
 * Whether a request may be sent more than once. A key makes any request repeatable, for whoever sends one says that
 * the callee heeds it; an operation that is declared unrepeatable is not, whatever its method.
 */
export function mayRepeat(method: string, idempotence: Idempotence | undefined, hasKey: boolean): boolean {
  if (idempotence === true) return true
  if (idempotence === false) return false
  return hasKey || (idempotence === undefined && idempotentMethods.has(method))
}

const others: Map<string, MatchedOperation> = new Map()

/** The route of what no operation describes. Methods are text too: unknown ones share a name. */
function otherOperation(method: string): MatchedOperation {
  const known = idempotentMethods.has(method) || otherMethods.has(method) ? method : 'OTHER'
  const found = others.get(known) ?? { route: `${known} *`, idempotence: undefined }
  others.set(known, found)
  return found
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => /^(:|\{.*\}$|\*$)/.test(part) || part === segments[index])
  )
}
