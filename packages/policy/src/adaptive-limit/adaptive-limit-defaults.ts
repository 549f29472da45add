/** The bounds of an adaptive limit, who waits for a slot, and how long, when nothing is said. */
export const adaptiveLimitDefaults = {
  initialLimit: 20,
  minLimit: 1,
  maxLimit: 200,
  queue: 10,
  targetMs: 5,
  intervalMs: 100,
} as const
