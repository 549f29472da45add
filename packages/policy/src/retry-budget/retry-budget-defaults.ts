/** How much of the traffic may be further tries when nothing is said. */
export const retryBudgetDefaults = {
  ratio: 0.2,
  minimumPerSecond: 3,
  ttlMs: 10_000,
} as const
