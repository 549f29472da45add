/** The stretch of time that a rate limit counts in when nothing is said. */
export const rateLimitDefaults = {
  perMs: 1_000,
} as const
