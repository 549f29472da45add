/** Something in the imported text that the manifest does not hold, or holds differently. */
export interface Unsupported {
  /** The text that it stands in, by the name that was given. */
  readonly file: string
  /** Where it stands there, such as `resilience4j.retry.instances.backendA.retryExceptions`. */
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
    const identity = `${entry.file}\n${entry.path}\n${entry.line}\n${entry.reason}`
    if (this.#known.has(identity)) return
    this.#known.add(identity)
    if (this.#entries.length < entriesMax) this.#entries.push(entry)
    else this.#left += 1
  }

  /** By file, as they were given, and line; then in the order in which they were found. */
  list(files: readonly string[]): Unsupported[] {
    const rank = new Map(files.map((file, index) => [file, index]))
    const sorted = this.#entries.toSorted(
      (a, b) => (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.line - b.line,
    )
    const last = sorted.at(-1)
    if (this.#left === 0 || last === undefined) return sorted
    return [
      ...sorted,
      {
        file: last.file,
        path: 'the documents',
        line: last.line,
        reason: `${this.#left} more, which are not listed`,
      },
    ]
  }
}
