/** How an exponential backoff grows when nothing is said. `longest` times the first delay is the last. */
export const backoffDefaults = {
  initialMs: 100,
  longest: 30,
  factor: 2,
  jitter: 'full',
} as const
