/** A value and when it was had. */
export interface AgingEntry<V = unknown> {
  readonly value: V
  /** Monotonic milliseconds. */
  readonly storedAt: number
}

/**
 * Values by key, bounded in number (the least recently used goes first) and in age.
 *
 * A `Map` keeps the order of insertion, and reading inserts anew, so that its first key is the least recently
 * used. Every operation is O(1), and no timer is needed: what has aged is dropped when it is next looked at.
 */
export class AgingEntries<V = unknown> {
  readonly #entries: Map<string, AgingEntry<V>> = new Map()
  #max: number
  #keepMs: number

  constructor(max: number, keepMs: number) {
    this.#max = max
    this.#keepMs = keepMs
  }

  get size(): number {
    return this.#entries.size
  }

  /** Other bounds from now on: what is kept stays, as far as they allow it. */
  reconfigure(max: number, keepMs: number): void {
    this.#max = max
    this.#keepMs = keepMs
    this.#shrink()
  }

  get(key: string, now: number): AgingEntry<V> | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (now - entry.storedAt >= this.#keepMs) return undefined
    this.#entries.set(key, entry)
    return entry
  }

  set(key: string, value: V, now: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, storedAt: now })
    this.#shrink()
  }

  /** Forgets one key, or all of them. */
  delete(key: string | undefined): void {
    if (key === undefined) this.#entries.clear()
    else this.#entries.delete(key)
  }

  #shrink(): void {
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#max) return
      this.#entries.delete(oldest)
    }
  }
}
