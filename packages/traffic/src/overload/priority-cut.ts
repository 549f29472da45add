const LOWEST = -100
const LEVELS = 201

/**
 * Cuts a share off a stream of requests from below: the least important ones, and of the priority in which the share ends
 * every so-manieth. Which priorities those are follows from the requests since the cut was last set.
 */
export class PriorityCut {
  readonly #arrived: Uint32Array = new Uint32Array(LEVELS)
  /** Everything below this level is cut off. */
  #level: number = 0
  /** The share of this very level that is. */
  #share: number = 0
  /** What of that share has not been cut off yet: no chance is needed to spread it evenly. */
  #owed: number = 0

  /** Whether this request is cut off. Allocates nothing. */
  isBelow(priority: number): boolean {
    const level = levelOf(priority)
    this.#arrived[level]! += 1
    if (level !== this.#level) return level < this.#level
    this.#owed += this.#share
    if (this.#owed < 1) return false
    this.#owed -= 1
    return true
  }

  /** From now on, this share of requests like the latest is cut off. Without any, the same priorities as before. */
  set(share: number): void {
    const arrived = this.#arrived.reduce((sum, count) => sum + count, 0)
    if (share === 0) this.#become(0, 0)
    else if (arrived > 0) this.#find(share * arrived)
    this.#arrived.fill(0)
  }

  #find(wanted: number): void {
    let below = 0
    for (let level = 0; level < LEVELS; level += 1) {
      const here = this.#arrived[level]!
      if (below + here >= wanted) return this.#become(level, here === 0 ? 0 : (wanted - below) / here)
      below += here
    }
  }

  #become(level: number, share: number): void {
    if (level !== this.#level) this.#owed = 0
    this.#level = level
    this.#share = share
  }
}

/** What is no priority counts as the ordinary one, as everywhere. */
function levelOf(priority: number): number {
  const level = Math.round(priority) - LOWEST
  return level >= 0 && level < LEVELS ? level : Number.isNaN(level) ? -LOWEST : level < 0 ? 0 : LEVELS - 1
}
