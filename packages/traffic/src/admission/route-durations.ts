import { LatencyHistogram } from '@watertight/policy/decisions'

/** What is older than one to two of these decides nothing, in milliseconds. */
const PERIOD_MS = 5_000
/** Requests between two looks at the histogram. */
const REFRESH_EVERY = 32
/** One in so many late requests runs all the same, or a route that has become fast again would never show it. */
const PROBE_EVERY = 16
/** And so does one after so many milliseconds without: where little comes, one in sixteen would take minutes. */
const PROBE_AFTER_MS = 250

/**
 * How long the requests of one route took in the last seconds.
 *
 * Two histograms take turns: while the one of this period fills, the one of the period before decides. So what was
 * observed is forgotten in time, whether requests come or not. O(1) amortised, 320 bytes.
 */
export class RouteDurations {
  private readonly share: number
  private readonly minimumSamples: number
  private histogram: LatencyHistogram = new LatencyHistogram()
  private lateBelowMs: number = 0
  private periodEndsAt: number
  private sinceRefresh: number = 0
  private sinceProbe: number = 0
  private probeAt: number = -Infinity

  /** Late is what fewer than `share` of the requests manage, once `minimumSamples` of a period are known. */
  constructor(share: number, minimumSamples: number, now: number) {
    this.share = share
    this.minimumSamples = minimumSamples
    this.periodEndsAt = now + PERIOD_MS
  }

  /** A request took so long. */
  record(durationMs: number, now: number): void {
    if (now >= this.periodEndsAt) this.turn(now)
    this.histogram.record(durationMs)
    this.sinceRefresh += 1
    const isFirstLook = this.histogram.total === this.minimumSamples
    if (!isFirstLook && this.sinceRefresh < REFRESH_EVERY) return
    this.sinceRefresh = 0
    if (this.histogram.total >= this.minimumSamples) this.lateBelowMs = this.quantile()
  }

  /** Whether a request with so little time left could hardly be done; now and then the answer is no all the same. */
  isLate(remainingMs: number, now: number): boolean {
    if (now >= this.periodEndsAt) this.turn(now)
    return remainingMs < this.lateBelowMs && !this.mayProbe(now)
  }

  private mayProbe(now: number): boolean {
    this.sinceProbe += 1
    if (this.sinceProbe < PROBE_EVERY && now < this.probeAt) return false
    this.sinceProbe = 0
    this.probeAt = now + PROBE_AFTER_MS
    return true
  }

  /** A new period begins; the one that is over decides until enough is known of the new one. */
  private turn(now: number): void {
    const isRecent = now < this.periodEndsAt + PERIOD_MS
    const isKnown = isRecent && this.histogram.total >= this.minimumSamples
    this.lateBelowMs = isKnown ? this.quantile() : 0
    this.histogram = new LatencyHistogram()
    this.sinceRefresh = 0
    this.periodEndsAt = (isRecent ? this.periodEndsAt : now) + PERIOD_MS
  }

  private quantile(): number {
    return this.histogram.quantile(this.share)
  }
}
