/** Who waits for a slot, and how long, when nothing is said. */
export const bulkheadDefaults = {
  queue: 0,
  maxWaitMs: 1_000,
} as const
