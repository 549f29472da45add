import type { CallWindow } from './call-window.js'
import type { CountSnapshot, WindowSnapshot } from './window-snapshot.js'

/** Calls in one number, two bits each: as many as fit the small integers that engines keep without a box. */
const CALLS_PER_WORD = 15

/**
 * The last N calls, in a ring of two bits each with running totals: the sliding count window of resilience4j. A
 * record costs O(1). The ring is made by the first fault, for while there is none it would hold nothing but zeros:
 * a breaker that has seen none keeps none.
 */
export class CountWindow implements CallWindow {
  calls = 0
  failures = 0
  slow = 0
  private readonly size: number
  /** Plain numbers: a typed array of this size would cost more than what it holds. */
  private ring: number[] | undefined = undefined
  private next = 0

  constructor(size: number) {
    this.size = size
  }

  record(_now: number, failed: number, slow: number): void {
    if ((failed | slow | this.failures | this.slow) === 0) this.count()
    else this.write(failed, slow)
  }

  /** A call without a fault among such calls: the ring holds nothing but zeros, so only their number can change. */
  private count(): void {
    if (this.calls === this.size) return
    this.calls++
    this.next = this.calls === this.size ? 0 : this.calls
  }

  private write(failed: number, slow: number): void {
    const ring = (this.ring ??= Array.from({ length: Math.ceil(this.size / CALLS_PER_WORD) }, () => 0))
    const { next } = this
    const word = Math.floor(next / CALLS_PER_WORD)
    const shift = (next % CALLS_PER_WORD) * 2
    // A place not yet used holds 0, which takes nothing away from the totals.
    const leaving = (ring[word]! >> shift) & 3
    ring[word] = (ring[word]! & ~(3 << shift)) | ((failed | (slow << 1)) << shift)
    this.failures += failed - (leaving & 1)
    this.slow += slow - (leaving >> 1)
    if (this.calls < this.size) this.calls++
    this.next = next + 1 === this.size ? 0 : next + 1
  }

  expire(): void {
    // Only newer calls push older ones out of this window.
  }

  clear(): void {
    this.ring?.fill(0)
    this.calls = 0
    this.failures = 0
    this.slow = 0
    this.next = 0
  }

  snapshot(): CountSnapshot {
    let recent = ''
    const oldest = this.calls < this.size ? 0 : this.next
    for (let age = 0; age < this.calls; age++) recent += this.at((oldest + age) % this.size)
    return { kind: 'count', recent }
  }

  load(snapshot: WindowSnapshot, now: number): void {
    if (snapshot.kind !== 'count') return
    for (const digit of snapshot.recent) this.record(now, Number(digit) & 1, Number(digit) >> 1)
  }

  private at(place: number): number {
    const word = this.ring?.[Math.floor(place / CALLS_PER_WORD)] ?? 0
    return (word >> ((place % CALLS_PER_WORD) * 2)) & 3
  }
}
