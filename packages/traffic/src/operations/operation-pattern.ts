/**
 * One operation: `POST /charges`, `GET /orders/:id`; without a method, the same path by any. A segment `:id`, `{id}` or
 * `*` stands for any one that is not empty. A slash at the end counts for nothing.
 *
 * What is matched is what is sent: nothing is decoded and no empty segment is dropped, or a proxy would judge one path
 * and forward another.
 */
export class OperationPattern {
  /** As it is written. */
  readonly name: string
  /** In capitals; undefined for any. */
  readonly method: string | undefined
  /** Undefined for a segment that may be anything. */
  readonly #segments: readonly (string | undefined)[]

  constructor(name: string) {
    const space = name.indexOf(' ')
    this.name = name
    this.method = space < 0 ? undefined : name.slice(0, space).toUpperCase()
    this.#segments = pathSegments(name.slice(space + 1)).map((segment) =>
      /^(:.*|\{.*\}|\*)$/.test(segment) ? undefined : segment,
    )
  }

  matches(method: string, segments: readonly string[]): boolean {
    if (this.method !== undefined && this.method !== method) return false
    return (
      this.#segments.length === segments.length &&
      this.#segments.every((part, index) =>
        part === undefined ? segments[index] !== '' : part === segments[index],
      )
    )
  }
}

/** The segments of a path, without its query. */
export function pathSegments(path: string): readonly string[] {
  const query = path.indexOf('?')
  const end = query < 0 ? path.length : query
  const start = path.startsWith('/') ? 1 : 0
  const last = end > start && path[end - 1] === '/' ? end - 1 : end
  return end === start ? [] : path.slice(start, last).split('/')
}
