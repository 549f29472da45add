import { Histogram } from '@watertight/supervisor'

const WINDOW_SECONDS = 10

/**
 * How a checkout ended. `waiting` is an order that is accepted, and goes on when payment can be reached; `declined` is a right answer to an order that cannot be: a bad card, too little stock, an
 * unknown article; `unavailable` is what this system is built to avoid.
 */
export type CheckoutResult = 'placed' | 'waiting' | 'declined' | 'unavailable'

/** What a number of checkouts amounts to. */
export interface Measured {
  readonly counts: Readonly<Record<CheckoutResult, number>>
  readonly total: number
  /** Share (0..1) answered as it should be; 1 when there were none. */
  readonly successShare: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The last ten seconds, and what came before them. */
export interface Snapshot {
  readonly recent: Measured
  readonly perSecond: number
  readonly overall: Measured
}

/** Counts checkouts and their durations, for the last ten seconds and for the whole run, in fixed memory. */
export class Measurements {
  readonly #now: () => number
  readonly #startedAt: number
  readonly #overall = new Bucket()
  readonly #seconds = Array.from({ length: WINDOW_SECONDS }, () => new Bucket())

  /** `now` gives monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#startedAt = now()
  }

  record(result: CheckoutResult, durationMs: number): void {
    const second = Math.floor(this.#now() / 1_000)
    const bucket = this.#seconds[second % WINDOW_SECONDS] as Bucket
    if (bucket.second !== second) bucket.restart(second)
    bucket.record(result, durationMs)
    this.#overall.record(result, durationMs)
  }

  snapshot(): Snapshot {
    const now = this.#now()
    const second = Math.floor(now / 1_000)
    const window = new Bucket()
    for (const bucket of this.#seconds) if (bucket.second > second - WINDOW_SECONDS) window.add(bucket)
    // The window is as long as the buckets in it: nine whole seconds and the one under way, or less at first.
    const windowMs = Math.min(now - this.#startedAt, (WINDOW_SECONDS - 1) * 1_000 + (now % 1_000))
    return {
      recent: window.measured(),
      perSecond: windowMs <= 0 ? 0 : (window.measured().total * 1_000) / windowMs,
      overall: this.#overall.measured(),
    }
  }
}

class Bucket {
  second = -Infinity
  readonly #histogram = new Histogram()
  #counts: Record<CheckoutResult, number> = noCounts()

  restart(second: number): void {
    this.second = second
    this.#histogram.clear()
    this.#counts = noCounts()
  }

  record(result: CheckoutResult, durationMs: number): void {
    this.#histogram.record(durationMs)
    this.#counts[result] += 1
  }

  add(other: Bucket): void {
    this.#histogram.add(other.#histogram)
    for (const result of Object.keys(other.#counts) as CheckoutResult[])
      this.#counts[result] += other.#counts[result]
  }

  measured(): Measured {
    const { total } = this.#histogram
    return {
      counts: { ...this.#counts },
      total,
      successShare: total === 0 ? 1 : (total - this.#counts.unavailable) / total,
      p50Ms: this.#histogram.quantile(0.5),
      p99Ms: this.#histogram.quantile(0.99),
    }
  }
}

function noCounts(): Record<CheckoutResult, number> {
  return { placed: 0, waiting: 0, declined: 0, unavailable: 0 }
}
