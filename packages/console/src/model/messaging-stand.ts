/** Events that wait in the outbox. */
export interface OutboxStand {
  readonly events: number
  readonly bytes: number
  /** Of the oldest. */
  readonly ageMs: number
  /** For how long an open transaction has held back what was published after it. */
  readonly heldBackMs: number
}

/** How far a group of consumers is behind. */
export interface LagStand {
  readonly group: string
  readonly topic: string
  /** Null where only a broker knows. */
  readonly events: number | null
  readonly ageMs: number
  readonly parked: number
  readonly deadLetters: number
}

/** An event that failed as often as it may. */
export interface DeadLetterStand {
  readonly eventId: string
  readonly group: string
  readonly topic: string
  readonly type: string
  readonly key: string | null
  readonly attempts: number
  readonly error: string | null
  readonly parkedAt: number
  /** Events of the same key that wait behind it. */
  readonly waiting: number
}

export interface MessagingStand {
  readonly outbox: OutboxStand
  readonly lags: readonly LagStand[]
  /** The newest, at most 100. */
  readonly deadLetters: readonly DeadLetterStand[]
}
