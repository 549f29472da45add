import { RouteDurations } from './route-durations.js'
import type { Route } from '../operations/route-table.js'

export interface TimeLeftOptions {
  /** Refuses requests with less time left than this, in milliseconds. Default 1: less than a clock tick helps nobody. */
  readonly minimumMs?: number
  /**
   * Refuses a request when fewer than this share of the latest requests of its route were done within the time that
   * it has left. Between 0 (never) and 1. Default 0.1: nine in ten such requests would be work for nobody.
   */
  readonly minimumSuccessShare?: number
  /**
   * Requests of a route that must be observed within five seconds before any is refused for its time. Default 50, at
   * most 400.
   */
  readonly minimumSamples?: number
}

/** - `expired`: its caller has stopped waiting already. - `late`: it could hardly be done in the time left. */
export type TimeLeftRefusal = 'expired' | 'late'

/**
 * Decides whether a request has enough time left to be worth starting.
 *
 * Work whose caller will have left is the worst kind under overload: it takes capacity and brings nothing ("cancelled
 * and expired work", Site Reliability Engineering, chapter 22). What ran out of time counts with the time that it had
 * run, for leaving out the slow ones would make a slow route look fast. O(1) amortised.
 */
export class TimeLeft {
  private readonly minimumMs: number
  private readonly minimumSuccessShare: number
  private readonly minimumSamples: number

  constructor(options: TimeLeftOptions) {
    this.minimumMs = options.minimumMs ?? 1
    this.minimumSuccessShare = options.minimumSuccessShare ?? 0.1
    this.minimumSamples = options.minimumSamples ?? 50
  }

  /** Why the request should not be started, if it should not. A `route` of `undefined` is not judged by durations. */
  judge(route: Route | undefined, remainingMs: number, now: number): TimeLeftRefusal | undefined {
    if (remainingMs <= 0) return 'expired'
    if (remainingMs < this.minimumMs) return 'late'
    return route?.durations?.isLate(remainingMs, now) === true ? 'late' : undefined
  }

  /** A request of the route was answered, or ran out of time, after so long. */
  record(route: Route, durationMs: number, now: number): void {
    if (this.minimumSuccessShare === 0) return
    route.durations ??= new RouteDurations(this.minimumSuccessShare, this.minimumSamples, now)
    route.durations.record(durationMs, now)
  }
}
