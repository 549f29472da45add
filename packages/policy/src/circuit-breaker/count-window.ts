import type { CallWindow } from './call-window.js'
import type { CountSnapshot, WindowSnapshot } from './window-snapshot.js'

/**
 * The last N calls, in a ring of one byte each with running totals: the sliding count window of resilience4j. A
 * record costs O(1). The ring is made by the first fault, for while there is none it would hold nothing but zeros:
 * a breaker that has seen none keeps none.
 */
export class CountWindow implements CallWindow {
  calls: number = 0
  failures: number = 0
  slow: number = 0
  private readonly size: number
  private ring: Uint8Array | undefined
  private next: number = 0

  constructor(size: number) {
    this.size = size
  }

  record(_now: number, failed: number, slow: number): void {
    if (this.calls < this.size) this.calls++
    if (this.ring !== undefined || (failed | slow) !== 0) this.write(failed, slow)
  }

  private write(failed: number, slow: number): void {
    const { size, next } = this
    const ring = (this.ring ??= new Uint8Array(size))
    // A place not yet used holds 0, which takes nothing away from the totals.
    const leaving = ring[next]!
    ring[next] = failed | (slow << 1)
    this.failures += failed - (leaving & 1)
    this.slow += slow - (leaving >> 1)
    this.next = next + 1 === size ? 0 : next + 1
  }

  /** Only newer calls push older ones out of this window. */
  expire(): void {}

  clear(): void {
    this.ring = undefined
    this.calls = this.failures = this.slow = this.next = 0
  }

  snapshot(): CountSnapshot {
    const { calls, size, ring, next } = this
    let recent = ''
    for (let back = calls; back > 0; back--) recent += ring?.[(next - back + size) % size] ?? 0
    return { kind: 'count', recent }
  }

  load(snapshot: WindowSnapshot, now: number): void {
    if (snapshot.kind !== 'count') return
    for (const digit of snapshot.recent) this.record(now, Number(digit) & 1, Number(digit) >> 1)
  }
}
