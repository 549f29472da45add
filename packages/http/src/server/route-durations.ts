import { LatencyHistogram } from '@watertight/policy/decisions'

/** Requests between two looks at the histogram. */
const REFRESH_EVERY = 32
/** Once enough is known, and while nothing is late, one in so many requests is observed. */
const OBSERVE_EVERY = 4
/** One in so many late requests runs all the same, or a route that has become fast again would never show it. */
const PROBE_EVERY = 16

/** How long the recent requests of one route took. */
export class RouteDurations {
  /** Requests with less time left than this are late. */
  hopelessMs: number = 0
  readonly #histogram: LatencyHistogram = new LatencyHistogram()
  #sinceRefresh: number = 0
  /** Since the last look at the histogram. */
  #late: number = 0

  record(durationMs: number, share: number, minimumSamples: number): void {
    this.#sinceRefresh += 1
    const isKnown = this.hopelessMs > 0
    if (isKnown && this.#late === 0 && this.#sinceRefresh % OBSERVE_EVERY !== 0) return
    this.#histogram.record(durationMs)
    if (isKnown ? this.#sinceRefresh < REFRESH_EVERY : this.#histogram.total < minimumSamples) return
    this.#sinceRefresh = 0
    this.#late = 0
    this.hopelessMs = this.#histogram.quantile(share)
  }

  /** Whether a late request runs all the same. */
  mayProbe(): boolean {
    this.#late += 1
    return this.#late % PROBE_EVERY === 0
  }
}
