/** Something in the imported text that the manifest does not hold, or holds differently. */
export interface Unsupported {
  /** Where it stands, such as `resilience4j.retry.instances.backendA.retryExceptions`. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** Why, and what to do instead. */
  readonly reason: string
}

/** A document with more than this says the same thing over and over. */
const entriesMax = 1_000

/** Collects what has no equivalent. */
export class Ledger {
  readonly #entries: Unsupported[] = []
  readonly #known = new Set<string>()
  #left = 0

  /** Adds an entry; the same one twice counts once, as when two instances inherit one value. */
  add(entry: Unsupported): void {
    const identity = `${entry.path}\n${entry.line}\n${entry.reason}`
    if (this.#known.has(identity)) return
    this.#known.add(identity)
    if (this.#entries.length < entriesMax) this.#entries.push(entry)
    else this.#left += 1
  }

  /** By line, then in the order in which they were found. */
  list(): Unsupported[] {
    const sorted = this.#entries.toSorted((a, b) => a.line - b.line)
    if (this.#left === 0) return sorted
    const line = sorted.at(-1)?.line ?? 1
    return [...sorted, { path: 'the document', line, reason: `${this.#left} more, which are not listed` }]
  }
}
