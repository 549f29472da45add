import type { Verdict } from '../outcome/verdict.js'

/** Thresholds by which trial calls are judged; `slowRate` is Infinity when slow calls do not matter. */
export interface TrialLimits {
  readonly halfOpenCalls: number
  readonly halfOpenMaxMs: number
  readonly failureRate: number
  readonly slowRate: number
}

export type TrialVerdict = 'trials-succeeded' | 'trials-failed' | 'trials-hung' | undefined

/** The trial calls of one half-open cycle. */
export class Trials {
  /** Places taken: trial calls in flight and settled. An ignored call gives its place back. */
  taken = 0
  /** Those settled. */
  calls = 0
  failures = 0
  slow = 0
  /** Monotonic milliseconds. */
  deadline: number

  constructor(deadline: number) {
    this.deadline = deadline
  }

  /** Counts a trial call that is over; `false` when it decides nothing. */
  settle(verdict: Verdict, failed: number, slow: number): boolean {
    if (this.calls >= this.taken) return false
    if (verdict === 'ignored') {
      this.taken--
      return false
    }
    this.calls++
    this.failures += failed
    this.slow += slow
    return true
  }

  /** The verdict as soon as no outcome of the remaining trial calls could change it. */
  judge(limits: TrialLimits, overdue: number): TrialVerdict {
    const { halfOpenCalls } = limits
    const good = this.calls - this.failures
    const fast = this.calls - this.slow
    if (fails(limits, this.failures, halfOpenCalls, this.slow + overdue, halfOpenCalls))
      return 'trials-failed'
    // The worst that can still come: every call not yet known to be good turns out bad.
    const canFail = fails(limits, halfOpenCalls - good, halfOpenCalls, halfOpenCalls - fast, halfOpenCalls)
    return canFail ? undefined : 'trials-succeeded'
  }

  /** The verdict at the deadline, on what has settled by then; while nobody is waited for, a new deadline. */
  expire(now: number, limits: TrialLimits, overdue: number): TrialVerdict {
    const known = this.calls + overdue
    if (known > 0)
      return fails(limits, this.failures, this.calls, this.slow + overdue, known)
        ? 'trials-failed'
        : 'trials-succeeded'
    if (this.taken > 0) return 'trials-hung'
    this.deadline = now + limits.halfOpenMaxMs
    return undefined
  }
}

/** Whether so many of those calls fail a circuit, or so many slow ones of these. */
function fails(
  { failureRate, slowRate }: TrialLimits,
  failures: number,
  settled: number,
  slow: number,
  known: number,
): boolean {
  return failures / settled >= failureRate || slow / known >= slowRate
}
