import type { CallWindow } from './call-window.js'
import type { TimeBucket, TimeSnapshot, WindowSnapshot } from './window-snapshot.js'

/** Parts of the window: a call is forgotten at an age between 95% and 100% of the duration. */
export const bucketCount = 20

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
  #counts: Uint32Array | undefined
  /** Number of the newest bucket since time 0. */
  #newest = 0

  constructor(durationMs: number) {
    this.#bucketMs = durationMs / bucketCount
  }

  record(now: number, failed: number, slow: number): void {
    this.expire(now)
    this.#add(this.#newest, 1, failed, slow)
  }

  expire(now: number): void {
    const index = Math.floor(now / this.#bucketMs)
    if (index <= this.#newest) return
    // After a whole turn every bucket has been emptied, however long the pause was.
    for (
      let next = Math.max(this.#newest, index - bucketCount) + 1;
      this.calls > 0 && next <= index;
      next++
    ) {
      const [calls, failures, slow] = this.#bucket(next)
      this.#add(next, -calls, -failures, -slow)
    }
    this.#newest = index
  }

  clear(): void {
    this.#counts = undefined
    this.calls = this.failures = this.slow = 0
  }

  snapshot(now: number): TimeSnapshot {
    this.expire(now)
    const buckets: TimeBucket[] = []
    for (let index = this.#newest - bucketCount + 1; this.calls > 0 && index <= this.#newest; index++) {
      const counts = this.#bucket(index)
      // The middle of the bucket stands for its calls, so that rounding cannot move them to another one.
      const age = Math.max(0, now - (index + 0.5) * this.#bucketMs)
      if (counts[0] > 0) buckets.push([age, ...counts])
    }
    return { kind: 'time', buckets }
  }

  load(snapshot: WindowSnapshot, now: number, elapsedMs: number): void {
    if (snapshot.kind !== 'time') return
    this.expire(now)
    for (const [age, ...counts] of snapshot.buckets) {
      const index = Math.floor((now - age - elapsedMs) / this.#bucketMs)
      if (this.#newest - index < bucketCount) this.#add(Math.min(index, this.#newest), ...counts)
    }
  }

  #add(index: number, calls: number, failures: number, slow: number): void {
    const counts = (this.#counts ??= new Uint32Array(bucketCount * 3))
    const at = placeOf(index)
    counts[at]! += calls
    counts[at + 1]! += failures
    counts[at + 2]! += slow
    this.calls += calls
    this.failures += failures
    this.slow += slow
  }

  /** What a bucket of the ring holds, of which there is one: something was counted. */
  #bucket(index: number): [calls: number, failures: number, slow: number] {
    const at = placeOf(index)
    const counts = this.#counts!
    return [counts[at]!, counts[at + 1]!, counts[at + 2]!]
  }
}

/** Also for the buckets before time 0, which a snapshot may fill. */
function placeOf(index: number): number {
  return ((index + bucketCount) % bucketCount) * 3
}
