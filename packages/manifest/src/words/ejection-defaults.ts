/** When an endpoint is left alone when nothing is said. */
export const ejectionDefaults = {
  consecutiveFailures: 5,
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjected: 0.5,
} as const
