/** What a circuit knows of its calls: those of the window, or the trial calls while it is half-open. */
export interface CircuitMetrics {
  /** Calls settled, plus those in flight for longer than `slowCalls.overMs`. */
  readonly calls: number
  readonly failures: number
  readonly slow: number
  /** Share of the settled calls that failed; 0 when there are none. */
  readonly failureRate: number
  /** Share of `calls` that were or are slow; 0 when there are none. */
  readonly slowRate: number
  /** Calls admitted since state observe began that would have been refused. */
  readonly wouldHaveRefused: number
}

interface Judged {
  readonly calls: number
  readonly failures: number
  readonly slow: number
}

/** A call that hangs has not failed yet, so it weighs in the slow rate and not in the failure rate. */
export function circuitMetrics(judged: Judged, overdue: number, wouldHaveRefused: number): CircuitMetrics {
  const { calls: settled, failures } = judged
  const [calls, slow] = [settled + overdue, judged.slow + overdue]
  return {
    calls,
    failures,
    slow,
    failureRate: settled === 0 ? 0 : failures / settled,
    slowRate: calls === 0 ? 0 : slow / calls,
    wouldHaveRefused,
  }
}
