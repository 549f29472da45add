import { Histogram } from './histogram.js'

/** What became of the requests of a load. */
export interface LoadReport {
  /** How long they were sent for. */
  readonly seconds: number
  readonly requests: number
  readonly ratePerSecond: number
  /** From 0 to 1: answered below 500, and not with 429. 1 where there were none. */
  readonly successShare: number
  /** From when a request was due until its whole answer had come, or it had failed. */
  readonly p50Ms: number
  readonly p99Ms: number
  /**
   * How many by what became of them: a status, `refused` (no connection), `reset`, `timeout`, another error by its code, or `not-sent`:
   * so many were under way already that one more would only have cost memory; `not-made`: the plan has thrown.
   */
  readonly outcomes: Readonly<Record<string, number>>
}

/** Counts the requests of a load, since the last look and in all. */
export class LoadFigures {
  readonly #now: () => number
  readonly #total: Count
  #recent: Count

  /** `now` gives monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now
    this.#total = new Count(now())
    this.#recent = new Count(now())
  }

  record(outcome: string, durationMs: number): void {
    this.#total.record(outcome, durationMs)
    this.#recent.record(outcome, durationMs)
  }

  /** What has come since the last look. */
  look(): LoadReport {
    const report = this.#recent.report(this.#now())
    this.#recent = new Count(this.#now())
    return report
  }

  total(): LoadReport {
    return this.#total.report(this.#now())
  }
}

class Count {
  readonly #since: number
  readonly #histogram = new Histogram()
  readonly #outcomes = new Map<string, number>()

  constructor(since: number) {
    this.#since = since
  }

  record(outcome: string, durationMs: number): void {
    this.#histogram.record(durationMs)
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
  }

  report(now: number): LoadReport {
    const { total } = this.#histogram
    const seconds = (now - this.#since) / 1_000
    const outcomes = [...this.#outcomes].sort(([a], [b]) => (a < b ? -1 : 1))
    const good = outcomes.reduce((sum, [outcome, count]) => sum + (isSuccess(outcome) ? count : 0), 0)
    return {
      seconds: tenths(seconds),
      requests: total,
      ratePerSecond: seconds === 0 ? 0 : tenths(total / seconds),
      successShare: total === 0 ? 1 : good / total,
      p50Ms: tenths(this.#histogram.quantile(0.5)),
      p99Ms: tenths(this.#histogram.quantile(0.99)),
      outcomes: Object.fromEntries(outcomes),
    }
  }
}

/** What a caller can do nothing with is no success: that the service failed, or had too much to do. */
export function isSuccess(outcome: string): boolean {
  const status = Number(outcome)
  return status >= 100 && status < 500 && status !== 429
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
