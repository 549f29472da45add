/** When a circuit opens and closes when nothing is said. */
export const circuitBreakerDefaults = {
  calls: 100,
  /** Or the size of the window, if that is less. */
  minimumCalls: 10,
  failureRate: 0.5,
  openForMs: 30_000,
  halfOpenCalls: 5,
} as const
