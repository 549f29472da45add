/** The share that an endpoint begins with: enough to fill its caches and open its pools, too little to matter. */
const FIRST_SHARE = 0.1

/** Marks an endpoint that has joined, and that nobody has had a choice about yet. */
const NOT_BEGUN = -Infinity

/**
 * Gives an endpoint that joins, or is back after it was left out, its share of requests little by little: a tenth at
 * first, then as much of it as has passed of the time to warm up. The time begins with the first choice, for an endpoint
 * warms up by requests and not by standing there.
 *
 * Those that have come furthest keep their whole share, so that nothing is held back where all are new.
 *
 * Source: Envoy's slow start, with an even rise. O(1) a choice while nobody warms up, else O(endpoints).
 */
export class WarmUp<E> {
  readonly #begunAt: Map<E, number> = new Map()
  #durationMs: number = 0

  /** How long it takes, from the next choice on; 0 for no warm-up at all. */
  reconfigure(durationMs: number): void {
    this.#durationMs = durationMs
    if (durationMs === 0) this.#begunAt.clear()
  }

  /** The endpoint is new, or back. */
  begin(endpoint: E): void {
    if (this.#durationMs > 0) this.#begunAt.set(endpoint, NOT_BEGUN)
  }

  /** The endpoint is gone. */
  forget(endpoint: E): void {
    this.#begunAt.delete(endpoint)
  }

  /** Nobody warms up. */
  get isOver(): boolean {
    return this.#begunAt.size === 0
  }

  /** What an endpoint is to have of its full share, from a tenth to 1. */
  share(endpoint: E, now: number): number {
    const begunAt = this.#begunAt.get(endpoint)
    if (begunAt === undefined) return 1
    if (begunAt === NOT_BEGUN) {
      this.#begunAt.set(endpoint, now)
      return FIRST_SHARE
    }
    const share = (now - begunAt) / this.#durationMs
    if (share < 1) return Math.max(FIRST_SHARE, share)
    this.#begunAt.delete(endpoint)
    return 1
  }

  /**
   * Those among the endpoints, at least one, that are to be chosen from this time: each as often as its share says, by
   * what `draw` gives, from 0 to below 1.
   */
  thin(
    indices: readonly number[],
    endpoints: readonly E[],
    now: number,
    draw: () => number,
  ): readonly number[] {
    const shares = indices.map((index) => this.share(endpoints[index]!, now))
    const most = shares.reduce((one, other) => Math.max(one, other), 0)
    return indices.filter((_, place) => shares[place]! >= most || draw() * most < shares[place]!)
  }
}
