import type { Severity } from '../words/system-words.js'

/** A further place of a finding. */
export interface FindingPlace {
  readonly path: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that `check` has to say, at one place. */
export interface Finding {
  /** Stable, such as `WT-RETRY-NO-JITTER`. */
  readonly code: string
  readonly severity: Severity
  /** What is wrong: the action, what is allowed, what was given. */
  readonly message: string
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** Where the marked text ends; on the same line or a later one. */
  readonly endLine: number
  readonly endColumn: number
  /** How to mend it, in one line. */
  readonly hint: string
  /** The place in the document, such as `services.order.calls.payment`. */
  readonly path: string
  /** Other places that the same change mends; the message counts them. */
  readonly also: readonly FindingPlace[]
}

/** A finding that the document silences, with the reason it gives. */
export interface SilencedFinding extends Finding {
  readonly reason: string
}
