import type { CallWindow } from './call-window.js'
import type { TimeBucket, TimeSnapshot, WindowSnapshot } from './window-snapshot.js'

/** Parts of the window: a call is forgotten at an age between 95% and 100% of the duration. */
export const bucketCount = 20

const empty = new Uint32Array(0)

/**
 * The calls of the last `durationMs`, in a ring of buckets with running totals: the rolling counter of
 * Nygard's Release It! and Hystrix. Buckets are indexed by time itself and not by writes, so whatever is too
 * old is gone after an idle hour too. A record costs O(1), amortised over the buckets that time passes.
 */
export class TimeWindow implements CallWindow {
  calls: number = 0
  failures: number = 0
  slow: number = 0
  readonly #bucketMs: number
  #counts: Uint32Array = empty
  /** Index of the newest bucket in time, and its place in the ring. */
  #newest = 0
  #place = 0

  constructor(durationMs: number) {
    this.#bucketMs = durationMs / bucketCount
  }

  record(now: number, failed: number, slow: number): void {
    this.expire(now)
    this.#add(this.#place, 1, failed, slow)
  }

  expire(now: number): void {
    const index = Math.floor(now / this.#bucketMs)
    if (index <= this.#newest) return
    if (this.calls === 0) {
      this.#newest = index
      return
    }
    // After a whole turn every bucket has been emptied, however long the pause was.
    for (let steps = Math.min(index - this.#newest, bucketCount); steps > 0; steps--) this.#advance()
    this.#newest = index
  }

  clear(): void {
    this.#counts.fill(0)
    this.calls = this.failures = this.slow = 0
  }

  snapshot(now: number): TimeSnapshot {
    this.expire(now)
    const buckets: TimeBucket[] = []
    for (let back = bucketCount - 1; back >= 0 && this.calls > 0; back--) {
      const at = this.#placeBack(back) * 3
      const calls = this.#counts[at] as number
      if (calls === 0) continue
      // The middle of the bucket stands for its calls, so that rounding cannot move them to another one.
      const age = Math.max(0, now - (this.#newest - back + 0.5) * this.#bucketMs)
      buckets.push([age, calls, this.#counts[at + 1] as number, this.#counts[at + 2] as number])
    }
    return { kind: 'time', buckets }
  }

  load(snapshot: WindowSnapshot, now: number, elapsedMs: number): void {
    if (snapshot.kind !== 'time') return
    this.expire(now)
    for (const [age, calls, failures, slow] of snapshot.buckets) {
      const back = this.#newest - Math.floor((now - age - elapsedMs) / this.#bucketMs)
      if (back < bucketCount) this.#add(this.#placeBack(Math.max(0, back)), calls, failures, slow)
    }
  }

  #add(place: number, calls: number, failures: number, slow: number): void {
    if (this.#counts.length === 0) this.#counts = new Uint32Array(bucketCount * 3)
    const counts = this.#counts
    const at = place * 3
    counts[at] = (counts[at] as number) + calls
    counts[at + 1] = (counts[at + 1] as number) + failures
    counts[at + 2] = (counts[at + 2] as number) + slow
    this.calls += calls
    this.failures += failures
    this.slow += slow
  }

  #advance(): void {
    const counts = this.#counts
    this.#place = this.#place + 1 === bucketCount ? 0 : this.#place + 1
    const at = this.#place * 3
    this.calls -= counts[at] as number
    this.failures -= counts[at + 1] as number
    this.slow -= counts[at + 2] as number
    counts.fill(0, at, at + 3)
  }

  #placeBack(back: number): number {
    return (this.#place - back + bucketCount) % bucketCount
  }
}
