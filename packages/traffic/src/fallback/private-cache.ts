/** What a cache looks at in a request. */
export interface CacheableRequest {
  /** Equal for requests for the same thing: the path, and the host where one stands for several. */
  readonly path: string
  /** What the caller says is equal for equal calls. */
  readonly key?: string | undefined
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined
}

/** Headers that an answer has once, for the one who asked: given to another, they would hand a session over. */
const neverReplayed: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2', 'age'])

/**
 * The rules of a private cache (RFC 9111), for answers that one process keeps for all of its users: what belongs to one
 * of them is kept for that one alone, and what is not to be stored is not.
 */
export const privateCache = {
  /** A caller's own key decides alone; else an answer is for whoever has the same credentials. */
  keyOf({ path, key, header }: CacheableRequest): string {
    if (key !== undefined) return `key ${key}`
    return JSON.stringify([path, header('authorization'), header('cookie')])
  },

  /**
   * Whether an answer may be kept. `private` asks for somebody to keep it for: a key, or credentials. What must be
   * revalidated may not stand in while there is nobody to ask. An answer to a request for a part is no answer to one for
   * the whole.
   */
  mayKeep({ key, header }: CacheableRequest, answer: (name: string) => string | null | undefined): boolean {
    const asked = directives(header('cache-control'))
    const told = directives(answer('cache-control'))
    if (asked.has('no-store') || ['no-store', 'no-cache', 'must-revalidate'].some((name) => told.has(name)))
      return false
    if (header('range') !== undefined || names(answer('vary')).includes('*')) return false
    if (!told.has('private') || key !== undefined) return true
    return header('authorization') !== undefined || header('cookie') !== undefined
  },

  /** What the answer depends on beside its key: equal for requests that may get the same. */
  variantOf({ header }: CacheableRequest, vary: string | null | undefined): string {
    return JSON.stringify(names(vary).map((name) => header(name) ?? null))
  },

  /** Whether a header of an answer, by its name in lower case, is given to others than the one who asked. */
  isReplayed(name: string): boolean {
    return !neverReplayed.has(name)
  },
}

function directives(cacheControl: string | null | undefined): ReadonlySet<string> {
  return new Set(names(cacheControl).map((directive) => directive.split('=')[0]!.trim()))
}

function names(list: string | null | undefined): string[] {
  return (list ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
