/** A line of the list of sagas. */
export interface SagaSummary {
  readonly id: string
  /** `place-order`. */
  readonly name: string
  readonly version: number
  readonly key: string | null
  /** The saga that has started it as a step of its own. */
  readonly parent: string | null
  readonly status: 'running' | 'compensating' | 'done' | 'compensated' | 'compensation-failed'
  /** The step that something happened to last. */
  readonly step: string | null
  readonly startedAt: number
  readonly changedAt: number
  /** When it is looked at next. */
  readonly dueAt: number | null
  /** Why it has turned back. */
  readonly turnedBack: string | null
  /** Whether it can be asked to go on by hand: it waits for its next try, or its compensation has failed. */
  readonly canRetry: boolean
}

/** Sagas that wait for somebody who cannot be reached, or is busy. */
export interface SagaWait {
  /** `payment`. */
  readonly dependency: string
  readonly sagas: number
}

/** What happened in a saga, in the order in which it did. */
export interface SagaEntry {
  readonly at: number
  /** `step started`, `step done`, `step refused`, `turned back`, `compensation done`, `retried by hand` ... */
  readonly event: string
  readonly step: string | null
  readonly detail: string | null
}

export interface SagaPanel {
  readonly summary: SagaSummary
  readonly timeline: readonly SagaEntry[]
  /** Entries of the timeline that were left out in its middle. */
  readonly omitted: number
}
