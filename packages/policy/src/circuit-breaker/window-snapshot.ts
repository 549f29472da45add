/** The calls, oldest first, one digit each: 1 for a failure plus 2 for a slow call. */
export interface CountSnapshot {
  readonly kind: 'count'
  readonly recent: string
}

/** A part of the window that holds calls: `[ageMs, calls, failures, slow]`. */
export type TimeBucket = readonly [ageMs: number, calls: number, failures: number, slow: number]

export interface TimeSnapshot {
  readonly kind: 'time'
  readonly buckets: readonly TimeBucket[]
}

/** The calls of a window, to be taken over by another one. */
export type WindowSnapshot = CountSnapshot | TimeSnapshot
