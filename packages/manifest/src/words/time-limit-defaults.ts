/** The time limits of a call that says nothing of its own, in milliseconds. `timeout: off` has none. */
export const timeLimitDefaults = {
  connectMs: 5_000,
  /** Up to the head of the answer. */
  totalMs: 60_000,
  /** Between two parts of a body. */
  idleMs: 30_000,
} as const
