export interface DeadLetter {
  readonly group: string
  readonly topic: string
  readonly key: string | null
  readonly eventId: string
  readonly type: string
  /** Attempts that were started. */
  readonly attempts: number
  readonly error: string | null
  readonly parkedAt: Date
  /** How many later events of its key wait for it. */
  readonly waiting: number
  /** What was published, as it was; text when it is no JSON. */
  readonly data: unknown
}

/** Which ones; those that are all of it. */
export interface DeadLetterFilter {
  readonly group?: string
  readonly topic?: string
  readonly key?: string
  readonly eventId?: string
}

/** Which ones something is done with. */
export interface DeadLetterChoice extends DeadLetterFilter {
  /** Must be true where nothing else says which: then it is all of every group. */
  readonly all?: boolean
}
