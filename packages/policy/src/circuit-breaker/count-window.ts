import type { CallWindow, WindowSnapshot } from './window.js'

/** The calls, oldest first, one digit each: 1 for a failure plus 2 for a slow call. */
export interface CountSnapshot {
  readonly kind: 'count'
  readonly recent: string
}

/**
 * The last N calls, in a ring of one byte each with running totals: the sliding count window of
 * resilience4j. A record costs O(1); the ring is allocated by the first call, so an unused breaker has none.
 */
export class CountWindow implements CallWindow {
  calls = 0
  failures = 0
  slow = 0
  readonly #size: number
  #ring: Uint8Array | undefined = undefined
  #next = 0

  constructor(size: number) {
    this.#size = size
  }

  record(_now: number, failed: number, slow: number): void {
    const ring = (this.#ring ??= new Uint8Array(this.#size))
    const next = this.#next
    // A place not yet used holds 0, which takes nothing away from the totals.
    const leaving = ring[next] as number
    ring[next] = failed | (slow << 1)
    this.failures += failed - (leaving & 1)
    this.slow += slow - (leaving >> 1)
    if (this.calls < this.#size) this.calls++
    this.#next = next + 1 === this.#size ? 0 : next + 1
  }

  expire(): void {
    // Only newer calls push older ones out of this window.
  }

  clear(): void {
    this.#ring?.fill(0)
    this.calls = 0
    this.failures = 0
    this.slow = 0
    this.#next = 0
  }

  snapshot(): CountSnapshot {
    let recent = ''
    const oldest = this.calls < this.#size ? 0 : this.#next
    for (let age = 0; age < this.calls; age++) recent += this.#ring?.[(oldest + age) % this.#size]
    return { kind: 'count', recent }
  }

  load(snapshot: WindowSnapshot, now: number): void {
    if (snapshot.kind !== 'count') return
    for (const digit of snapshot.recent) this.record(now, Number(digit) & 1, Number(digit) >> 1)
  }
}
