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
  settled = 0
  failures = 0
  slow = 0
  deadline = 0

  begin(deadline: number): void {
    this.taken = 0
    this.settled = 0
    this.failures = 0
    this.slow = 0
    this.deadline = deadline
  }

  record(failed: number, slow: number): void {
    this.settled++
    this.failures += failed
    this.slow += slow
  }

  /** The verdict as soon as no outcome of the remaining trial calls could change it. */
  judge(limits: TrialLimits, overdue: number): TrialVerdict {
    const calls = limits.halfOpenCalls
    if (this.failures / calls >= limits.failureRate) return 'trials-failed'
    if ((this.slow + overdue) / calls >= limits.slowRate) return 'trials-failed'
    // The worst that can still come: every call not yet known to be good turns out bad.
    const worstFailures = calls - (this.settled - this.failures)
    const worstSlow = calls - (this.settled - this.slow)
    if (worstFailures / calls >= limits.failureRate || worstSlow / calls >= limits.slowRate) return undefined
    return 'trials-succeeded'
  }

  /** The verdict at the deadline, on what has settled by then; undefined when nobody is left to wait for. */
  judgeAtDeadline(limits: TrialLimits, overdue: number): TrialVerdict {
    const known = this.settled + overdue
    if (known === 0) return this.taken === 0 ? undefined : 'trials-hung'
    if (this.settled > 0 && this.failures / this.settled >= limits.failureRate) return 'trials-failed'
    return (this.slow + overdue) / known >= limits.slowRate ? 'trials-failed' : 'trials-succeeded'
  }
}
