/** For so long after a request has failed, requests fail. */
const FAILING_MS = 1_500

/**
 * What requests show of an outage: from when the first was due that failed, until the first was due that was answered well after the
 * last failure. Requests are told of as they end, in any order.
 */
export class Outage {
  #firstFailedMs: number | undefined
  #lastFailedMs = -Infinity
  #lastFailureSeenMs = -Infinity
  #firstGoodAfterMs: number | undefined

  /** `dueMs` is when it was due, and `nowMs` when it was over. */
  record(isGood: boolean, dueMs: number, nowMs: number): void {
    if (!isGood) {
      this.#firstFailedMs = Math.min(this.#firstFailedMs ?? Infinity, dueMs)
      this.#lastFailureSeenMs = nowMs
      this.#lastFailedMs = Math.max(this.#lastFailedMs, dueMs)
      if ((this.#firstGoodAfterMs ?? Infinity) <= this.#lastFailedMs) this.#firstGoodAfterMs = undefined
      return
    }
    if (dueMs <= this.#lastFailedMs) return
    this.#firstGoodAfterMs = Math.min(this.#firstGoodAfterMs ?? Infinity, dueMs)
  }

  isFailing(nowMs: number): boolean {
    return nowMs - this.#lastFailureSeenMs < FAILING_MS
  }

  /** 0 where nothing failed; null where nothing was answered well after the last failure. */
  get lastedMs(): number | null {
    if (this.#firstFailedMs === undefined) return 0
    return this.#firstGoodAfterMs === undefined ? null : this.#firstGoodAfterMs - this.#firstFailedMs
  }
}
