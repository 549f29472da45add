import type { UnsettledResult } from '@watertight/policy'
import type { Verdict } from '../verdict/verdict.js'

/** An answer, as far as policies look at it. Every operation that they run comes to one, which they cannot know. */
export interface JudgedAnswer {
  readonly verdict: Verdict
  /** Itself, while the rest of it may still turn out a failure. */
  readonly unsettled?: UnsettledResult | undefined
  /** The value of a header; `name` in lower case. */
  header(name: string): string | undefined
  /** Whether the conditions, the request and its body allow to send it again after this answer. */
  mayTryAgain(): boolean
}
