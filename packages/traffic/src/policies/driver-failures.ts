import type { Verdict } from '../verdict/verdict.js'
import type { Verdicts } from '../verdict/verdicts.js'

/** How a driver of calls reads the failures that it makes itself: each driver has failures of its own kind. */
export interface DriverFailures {
  /** What a failure says of the callee. */
  verdictOf(error: unknown, verdicts: Verdicts): Verdict
  /** Whether the conditions, the request and its body allow another attempt after it. */
  mayTryAgain(error: unknown): boolean
}
