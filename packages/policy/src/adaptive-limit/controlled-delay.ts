/**
 * How long a call may have waited when its turn comes.
 *
 * Source: CoDel (Nichols and Jacobson, ACM Queue 2012) in the form for servers of "Fail at Scale" (Maurer, ACM
 * Queue 2015): while the queue was empty at some time in the last `intervalMs`, waiting absorbs a burst and may
 * take as long as the interval; a queue that stands longer than that only adds delay, so then a call may wait
 * just `targetMs`. O(1), one number of state.
 */
export class ControlledDelay {
  #emptyAt: number = -Infinity
  #targetMs: number
  #intervalMs: number

  constructor(targetMs: number, intervalMs: number) {
    this.#targetMs = targetMs
    this.#intervalMs = intervalMs
  }

  /** No wait is longer than this. */
  get intervalMs(): number {
    return this.#intervalMs
  }

  /** The queue is empty, or was until now. */
  empty(now: number): void {
    this.#emptyAt = now
  }

  expired(enqueuedAt: number, now: number): boolean {
    const standing = now - this.#emptyAt > this.#intervalMs
    return now - enqueuedAt > (standing ? this.#targetMs : this.#intervalMs)
  }

  reconfigure(targetMs: number, intervalMs: number): void {
    this.#targetMs = targetMs
    this.#intervalMs = intervalMs
  }
}
