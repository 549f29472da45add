/** A count that is older than this is made anew. */
const FRESH_MS = 250

/**
 * Whether as many orders are unfinished as may be. They are counted four times a second and not for each order, so that some
 * more may come in between.
 */
export class OrderLimit {
  readonly #max: number
  readonly #count: () => Promise<number>
  #last: { readonly isReached: Promise<boolean>; readonly atMs: number } | undefined

  constructor(max: number, count: () => Promise<number>) {
    this.#max = max
    this.#count = count
  }

  isReached(): Promise<boolean> {
    const now = performance.now()
    if (this.#last === undefined || now - this.#last.atMs > FRESH_MS)
      this.#last = { isReached: this.#count().then((count) => count >= this.#max), atMs: now }
    return this.#last.isReached
  }
}
