/**
 * What came of asking a step or its compensation once.
 *
 * - `done`: it has its effect; for a compensation, there is none left
 * - `refused`: it answered no; taken for a refusal only when the step declares this code
 * - `unknown`: no answer, or none that was promised: it may have its effect, now or later
 * - `pending`: it is under way elsewhere, and is to be asked again; this is no failed try
 */
export type StepOutcome =
  | { readonly type: 'done'; readonly result?: unknown; readonly note?: string }
  | { readonly type: 'refused'; readonly code: string; readonly message?: string }
  | { readonly type: 'unknown'; readonly message: string }
  | { readonly type: 'pending'; readonly delayMs: number }

/** Something that happened to a saga; `at` is milliseconds since the Unix epoch by the database's clock. */
export type SagaEvent = { readonly at: number } & (
  | {
      readonly type: 'step-ended'
      readonly step: string
      readonly attempt: number
      readonly outcome: StepOutcome
      /** Uniform in [0, 1): the jitter of the delay before another try. */
      readonly chance: number
    }
  /** It is so late; a `step` is asked again at once, without waiting for its time. */
  | { readonly type: 'woken'; readonly step?: string }
  /** `refused` says why its payload is not what is waited for: then it changes nothing, and the timeline tells. */
  | {
      readonly type: 'signalled'
      readonly signal: string
      readonly payload: unknown
      readonly refused?: string
    }
  /** `evenWhenDone`: undoes a saga that has ended well; a saga that has it as its child turned back. */
  | { readonly type: 'cancelled'; readonly message?: string; readonly evenWhenDone?: boolean }
  /** What waits for its next try is asked at once. */
  | { readonly type: 'retried' }
  /** A parked compensation gets all its tries again. */
  | { readonly type: 'resumed' }
)
